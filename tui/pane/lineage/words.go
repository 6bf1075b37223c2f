package lineage

import (
	"fmt"
	"regexp"
	"strings"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/themes"
	"cordon/tui/safetext"
)

// ids are names that only a machine can read: their first part is enough to
// compare them by eye. Secret tokens are stars but for their end.
var (
	uuids = regexp.MustCompile(`\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	stars = regexp.MustCompile(`\*{4,}`)
)

// short cuts the names of a sentence to what people compare. The text is as
// logged.
func short(text string) string {
	return stars.ReplaceAllString(uuids.ReplaceAllString(text, "$1"), "***")
}

// words say what an edge is, without its parent where that comes first: the tree
// shows it.
func words(e *lineage.Edge) string {
	text, _, _ := strings.Cut(e.Reason, "; ")
	text = strings.TrimPrefix(text, e.Parent.Name+" ")
	text = behind(text, e.Parent.Name)
	if e.Label != "" && e.Label != e.Name && !strings.Contains(text, e.Label) {
		text += " (" + e.Label + ")"
	}
	return safetext.CleanMax(short(text), 240)
}

// behind says "it" for the parent where it comes last in a sentence, such as "the
// host web-1 joined with the token T": the tree shows it above.
func behind(text, parent string) string {
	at := strings.LastIndex(text, " the ")
	if at <= 0 {
		return text
	}
	tail := text[at:]
	named := strings.Index(tail, " "+parent)
	if named < 0 || strings.Contains(tail[:named], " of") {
		return text // something of the parent's is not the parent
	}
	rest := tail[named+1+len(parent):]
	if rest != "" && !strings.HasPrefix(rest, " (") {
		return text
	}
	return text[:at] + " it"
}

// text is what stands in the row of a node.
func (n *node) text() string {
	if !n.bundle {
		return words(&n.edge)
	}
	what := "sessions"
	if n.owners {
		what = "steps by the owner's hands"
	}
	if !n.owners && n.edge.Kind == investigations.KindCertificate {
		what = "certificates"
	}
	return fmt.Sprintf("%d %s", len(n.kids), what)
}

// standing is how an edge stands: what was decided, else what the log shows.
type standing struct {
	word  string
	glyph string
	role  themes.Role
}

func (n *node) stands(g *themes.Glyphs) standing {
	e := &n.edge
	switch {
	case n.bundle:
		return together(n.kids, g)
	case e.Verdict == judgement.Accepted:
		return standing{"accepted", g.Done, themes.Taint}
	case e.Verdict == judgement.Refused:
		return standing{"refused", g.Refused, themes.Muted}
	case n.owners:
		return standing{"the owner's", g.Dash, themes.Muted}
	case e.Status == lineage.Ambiguous:
		return standing{"decide", g.Question, themes.Warning}
	default:
		return standing{"proved", g.Tainted, themes.Text}
	}
}

// together is the standing of a bundle: that of its edges where all stand alike.
func together(kids []*node, g *themes.Glyphs) standing {
	first := kids[0].stands(g)
	for _, kid := range kids {
		if kid.stands(g) != first {
			return standing{"mixed", g.Question, themes.Warning}
		}
	}
	return first
}
