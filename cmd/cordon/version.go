package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cordon/store"
)

func (p *program) versionVerb() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "version", Short: "Print the version of cordon and of its case format", Args: cobra.NoArgs}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(_ context.Context, _ []string) error {
		if asJSON {
			return p.writeJSON(map[string]any{
				"version": buildVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH, "case_format": store.Format,
			})
		}
		return p.print(func(t *plain) { t.line("cordon %s", versionLine()) })
	})
	return cmd
}

func versionLine() string {
	return fmt.Sprintf("%s, case format %d, %s %s/%s", buildVersion(), store.Format, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// buildVersion is what the Go toolchain recorded of the source.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
