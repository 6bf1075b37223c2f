package prompt

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPrompt is the longest prompt, in bytes.
const maxPrompt = 300

// forms are the prompts that are known when they are seen for the first time.
// Each ends before what is typed, at the first place it can.
var forms = []*regexp.Regexp{
	// alice@web-1:~/src (main)$, [root@web-1 src]#, (venv) alice@web-1 ~ %
	regexp.MustCompile(`^(?:\([\w.+-]+\) ?)*[\[(]?[\w.-]+@[\w.-]+.*?[#$%>❯»](?: |$)`),
	// bash-5.2$, sh-5.1#
	regexp.MustCompile(`^(?:ba|da|z|k|mk|c|tc|a)?sh(?:-\d[\w.]*)?[#$%](?: |$)`),
	regexp.MustCompile(`^[#$%❯](?: |$)`),
	// web-1%, web-1:/etc#
	regexp.MustCompile(`^[A-Za-z][\w.-]*(?::[~/][^ ]*)?[#$%](?: |$)`),
	// ~/src main ❯
	regexp.MustCompile(`^[~/][^ ]*(?: [^ ]+)*? [#$%>❯»](?: |$)`),
	// └─$ below ┌──(alice㉿web-1)-[~]
	regexp.MustCompile(`^[└╰┗][─━]*[#$%>❯»](?: |$)`),
	regexp.MustCompile(`^(?:>>>|sqlite>|(?:mysql|mariadb|MariaDB \[[^]]*\])>|\((?:gdb|Pdb|lldb)\)|In \[\d+\]:)(?: |$)`),
	// psql: the database, and what the user may
	regexp.MustCompile(`^[\w.-]+=[*!]?[#>](?: |$)`),
	regexp.MustCompile(`^(?:irb\([^)]*\):[\d:]+|s?ftp|telnet|nslookup|redis [^ >]+|[\d.]+:\d+(?:\[\d+\])?|cqlsh(?::\w+)?|PS [A-Za-z/~][^>]*|[A-Z]:\\[^>]*)>(?: |$)`),
}

// continued are the prompts at which a command goes on.
var continued = regexp.MustCompile(`^(?:> |\.\.\. | *(?:\.\.\.|-|'|"|` + "`" + `)> |[\w.-]+[-'"($*][#>] |(?:for|while|until|if|then|elif|else|do|case|select|repeat|function|subsh|cursh|array|quote|dquote|bquote|cmdsubst|heredoc|pipe|cmdand|cmdor)(?: [a-z]+)*> )$`)

// GoesOn reports whether a line is a prompt at which a command goes on, with
// nothing entered behind it.
func GoesOn(line string) bool { return continued.MatchString(line + " ") }

// known is the length of the prompt of a well-known form that a line begins
// with, or 0.
func known(line string) int {
	head := line[:min(len(line), maxPrompt)]
	for _, f := range forms {
		if at := f.FindStringIndex(head); at != nil {
			return at[1]
		}
	}
	return 0
}

// plausible reports whether a text before a waiting cursor may be a prompt of no
// known form: it ends as prompts do or begins with a sign, and does not ask for
// something or count.
func plausible(pre string) bool {
	text := strings.TrimRight(pre, " ")
	if text == "" || len(pre) > maxPrompt || len(pre)-len(text) > 2 {
		return false
	}
	last, n := utf8.DecodeLastRuneInString(text)
	first, _ := utf8.DecodeRuneInString(text)
	before, _ := utf8.DecodeLastRuneInString(text[:len(text)-n])
	switch {
	case strings.HasSuffix(text, " ->") || strings.HasSuffix(text, " =>"):
		return false
	case last == '%' && unicode.IsDigit(before):
		return false
	case strings.ContainsRune("$#%>", last):
		return true
	case strings.ContainsRune(":?.)]", last) && first < utf8.RuneSelf:
		return false
	}
	return sign(last) || sign(first)
}

// sign reports whether a character is one that prompts are decorated with, not
// one that words, bars and frames are made of.
func sign(r rune) bool {
	return r == 'λ' || r >= utf8.RuneSelf && (unicode.IsSymbol(r) || unicode.IsPunct(r)) && !(r >= 0x2500 && r <= 0x259f) && !(r >= 0x2800 && r <= 0x28ff)
}

// key is what stays the same of a prompt while the path, a branch, a clock and
// numbers in it change: how it begins and how it ends.
func key(prompt string) string {
	text := strings.TrimRight(prompt, " ")
	end, _ := utf8.DecodeLastRuneInString(text)
	if unicode.IsLetter(end) && end < utf8.RuneSelf {
		end = 'a'
	}
	head := text
	if i := strings.IndexAny(text, " :~/"); i >= 0 {
		head = text[:i]
	}
	head = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, strings.TrimSuffix(head, string(end)))
	return head + "\x00" + string(end)
}

// ending reports whether a character can be the last one of a prompt, or the
// first of one that has no such end: a quick look before a long one.
func ending(last, first rune) bool {
	return last >= utf8.RuneSelf || first >= utf8.RuneSelf || last < utf8.RuneSelf && strings.ContainsRune("$#%>:)", last)
}
