package main

import (
	"context"

	"github.com/spf13/cobra"
)

const about = `A console for responders when an identity in a Teleport cluster is compromised.

It reads audit logs and session recordings: files, compressed files, folders.
Nothing leaves this machine and nothing is locked: cordon shows the commands.`

const rootExamples = `# The console on a bundled incident
cordon demo

# The console on a folder of logs and recordings
cordon ./evidence

# What an identity did and where it leads
cordon pivot mallory@example.com ./evidence`

// The groups of verbs in the help.
const (
	groupConsole  = "console"
	groupEvidence = "evidence"
	groupReplay   = "replay"
	groupContain  = "contain"
)

// root builds the whole command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:     "cordon [PATH…]",
		Short:   "Follow, watch and cut off a compromised Teleport identity",
		Long:    about,
		Example: rootExamples,
		Args:    cobra.ArbitraryArgs,

		SuggestionsMinimumDistance: 2,
	}
	root.RunE = p.act(func(ctx context.Context, args []string) error {
		if err := knownOrPath(root, args); err != nil {
			return err
		}
		return p.openConsole(ctx, args, "")
	})
	root.PersistentFlags().StringVar(&p.theme, "theme", "", "colours of the console: a theme's name or file (NO_COLOR: none)")
	root.PersistentFlags().BoolVar(&p.ascii, "ascii", false, "use ASCII characters only")
	root.AddGroup(
		&cobra.Group{ID: groupConsole, Title: "console"},
		&cobra.Group{ID: groupEvidence, Title: "evidence"},
		&cobra.Group{ID: groupReplay, Title: "replay"},
		&cobra.Group{ID: groupContain, Title: "containment"},
	)
	add := func(group string, verbs ...*cobra.Command) {
		for _, v := range verbs {
			v.GroupID = group
			v.Args = cobra.ArbitraryArgs
			root.AddCommand(v)
		}
	}
	add(groupConsole, p.openVerb(), p.demoVerb())
	add(groupEvidence, p.ingestVerb(), p.pivotVerb(), p.lineageVerb(), p.handsVerb(), p.eventsVerb(), p.searchVerb(), p.queryVerb(), p.findingsVerb(), p.postureVerb(), p.actorsVerb(), p.verifyVerb())
	add(groupReplay, p.sessionsVerb(), p.playVerb(), p.transcriptVerb(), p.frameVerb())
	add(groupContain, p.surviveVerb(), p.lockVerb(), p.locksVerb(), p.unlockVerb(), p.extendVerb(), p.connectVerb(), p.followVerb(), p.fetchVerb())
	root.AddCommand(p.versionVerb())
	return root
}

// knownOrPath refuses a first word that is neither a verb nor a path, with the
// verbs that look like it.
func knownOrPath(root *cobra.Command, args []string) error {
	if len(args) == 0 || exists(args[0]) {
		return nil
	}
	hint := "cordon --help lists the commands"
	if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		hint = "did you mean: cordon " + like[0]
	}
	return misuse(hint, "%q is neither a command nor a path that exists", args[0])
}
