package pivot

// Since is the major version of Teleport from which the events of a category
// are logged; ok is false where no version is known that does not log them.
func Since(key string) (major int, ok bool) {
	major, ok = since[key]
	return major, ok
}
