package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the program's revision and the Go version that built it",
		Example: "  bot version",
		Args:    wrongUsage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return fmt.Errorf("version: the program holds no build information")
			}
			_, err := fmt.Fprintln(s.out, versionLine(info))
			return err
		},
	}
}

// versionLine reads "verbatim 1a2b3c4d5e6f (2025-11-12T09:30:00Z), go1.26.8
// linux/amd64". A program built outside a checkout has no revision and says
// so.
func versionLine(info *debug.BuildInfo) string {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	revision := set["vcs.revision"]
	switch {
	case revision == "" && info.Main.Version != "" && info.Main.Version != "(devel)":
		revision = info.Main.Version
	case revision == "":
		revision = "unknown revision"
	default:
		revision = revision[:min(12, len(revision))]
		if set["vcs.modified"] == "true" {
			revision += " with changes"
		}
		if t := set["vcs.time"]; t != "" {
			revision += " (" + t + ")"
		}
	}
	return fmt.Sprintf("verbatim %s, %s %s/%s", revision, info.GoVersion, set["GOOS"], set["GOARCH"])
}
