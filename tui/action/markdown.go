package action

import "strings"

// Markdown returns the table of keys for the README.
func (r *Registry) Markdown() string {
	var b strings.Builder
	b.WriteString("| key | does | where |\n|---|---|---|\n")
	for _, a := range r.actions {
		b.WriteString("| ")
		for i, key := range a.Keys {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString("`" + strings.ReplaceAll(KeyLabel(key, false), "|", `\|`) + "`")
		}
		if len(a.Keys) == 0 {
			b.WriteString("none")
		}
		b.WriteString(" | " + strings.ReplaceAll(a.Long, "|", `\|`) + " | " + string(a.Scope) + " |\n")
	}
	return b.String()
}
