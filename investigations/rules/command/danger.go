package command

// Danger says why a command line is dangerous, by its first finding; ok is
// false when it is not.
func Danger(line string) (why string, ok bool) {
	found := Classify(line)
	if len(found) == 0 {
		return "", false
	}
	return found[0].Why, true
}
