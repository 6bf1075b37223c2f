package sessions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/playback/picture"
	"cordon/playback/term"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const exportDialog = "export screen"

// askExport asks for a name and writes the screen shown into two files.
func (p *Pane) askExport() {
	r := p.replay
	at, shot := r.position(), r.player.Screen().Clone()
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewInput(dialog.Prompt{
			ID: exportDialog, Title: "Export this screen, " + clock(at), Text: exportName(r.session.ID, at),
			Hint: "writes NAME.svg and NAME.txt; a file that exists is not written over",
		}, dialog.Drafts{}),
		Then: func(o dialog.Outcome) tea.Cmd {
			done, ok := o.(dialog.Submitted)
			if !ok || p.replay == nil {
				return nil
			}
			return p.export(strings.TrimSpace(done.Text), at, shot)
		},
	})
}

// exportName is a name for the files of a moment, of letters that every disk
// takes.
func exportName(session string, at time.Duration) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			return r
		}
		return -1
	}, shortID(session))
	return "session-" + plain + "-" + strings.ReplaceAll(clock(at), ":", "")
}

// exported is the answer of an export.
type exported struct {
	paths []string
	// unsaid is why the journal does not know of it.
	unsaid error
}

func (p *Pane) export(name string, at time.Duration, shot *term.Screen) tea.Cmd {
	write, evidence, sid := p.env.Export, p.env.Evidence, p.replay.session.ID
	entry := journal.Entry{
		Time: p.env.Now(), Mode: journal.ModeDryRun, Action: journal.ActionExport, Target: "session " + sid + " at " + clock(at),
		Command: fmt.Sprintf("cordon frame %s --at %s --format svg", contain.Quote(sid), at.Round(time.Millisecond)),
	}
	if desk := p.env.Desk; desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
	return p.loader.Load(loadExport, func(ctx context.Context) (any, error) {
		var out exported
		for _, file := range []struct{ ending, content string }{
			{".svg", picture.SVG(shot)}, {".txt", strings.Join(shot.Text(), "\n") + "\n"},
		} {
			path, err := write(name+file.ending, []byte(file.content))
			if err != nil {
				return out, errors.Join(err, ctx.Err())
			}
			out.paths = append(out.paths, path)
		}
		entry.Result = "wrote " + strings.Join(out.paths, " and ")
		_, out.unsaid = evidence.Record(ctx, entry)
		return out, nil
	})
}

func (p *Pane) exportDone(e exported) {
	p.say(themes.OK, "Written: "+safetext.Clean(strings.Join(e.paths, " and ")))
	if e.unsaid != nil {
		p.say(themes.Danger, "Written, but the journal does not say so: "+safetext.Clean(e.unsaid.Error()))
	}
	p.env.Out.Put(pane.Changed{})
}
