package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionLine(t *testing.T) {
	set := func(kv ...string) []debug.BuildSetting {
		out := []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"}}
		for i := 0; i < len(kv); i += 2 {
			out = append(out, debug.BuildSetting{Key: kv[i], Value: kv[i+1]})
		}
		return out
	}
	for _, tt := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"checkout", debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v0.0.0-20251112"},
			Settings: set("vcs.revision", "0123456789abcdef0123", "vcs.time", "2025-11-12T09:30:00Z", "vcs.modified", "false")},
			"verbatim 0123456789ab (2025-11-12T09:30:00Z), go1.26.8 linux/arm64"},
		{"changed", debug.BuildInfo{GoVersion: "go1.26.8",
			Settings: set("vcs.revision", "0123456789abcdef0123", "vcs.modified", "true")},
			"verbatim 0123456789ab with changes, go1.26.8 linux/arm64"},
		{"installed", debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.0"}, Settings: set()},
			"verbatim v1.2.0, go1.26.8 linux/arm64"},
		{"neither", debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}, Settings: set()},
			"verbatim unknown revision, go1.26.8 linux/arm64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := versionLine(&tt.info); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
