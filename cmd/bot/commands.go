package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"verbatim/internal/discord"
)

func newCommands(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "commands",
		Short: "Print the definitions of the Discord commands as JSON",
		Long: `Prints the commands as they are registered at Discord, with their names and
descriptions in every language. The bot registers them itself when it starts;
"bot commands sync" does it, or shows what it would do, without starting.`,
		Example: "  bot commands\n  bot commands sync --dry-run",
		Args:    noSuchCommand,
		RunE: func(*cobra.Command, []string) error {
			commands, err := discord.Commands()
			if err != nil {
				return fmt.Errorf("commands: %w", err)
			}
			encoder := json.NewEncoder(s.out)
			encoder.SetIndent("", "  ")
			encoder.SetEscapeHTML(false)
			return encoder.Encode(commands)
		},
	}
	cmd.AddCommand(newCommandsSync(s))
	return cmd
}

func newCommandsSync(s streams) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Register the commands at Discord",
		Long: `Compares the commands that Discord has with the bot's and writes what differs:
in one server when DISCORD_GUILD_ID is set, otherwise everywhere. It prints each
difference. With --dry-run it writes nothing.`,
		Example: "  bot commands sync --dry-run\n  bot commands sync",
		Args:    wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := setUp(s, slog.LevelWarn)
			if err != nil {
				return err
			}
			if !cfg.Token.set() {
				return usageError{errors.New("DISCORD_TOKEN is not set; it tells whose commands they are")}
			}
			config := discord.Config{Token: cfg.Token.value, APIURL: cfg.APIURL, GuildID: cfg.GuildID, Logger: log}
			changes, err := discord.Sync(cmd.Context(), config, dryRun)
			if err != nil {
				return fmt.Errorf("sync commands: %w", err)
			}
			for _, c := range changes {
				line := c.Action + " " + c.Name
				if c.Detail != "" {
					line += ": " + c.Detail
				}
				if _, err := fmt.Fprintln(s.out, line); err != nil {
					return err
				}
			}
			if len(changes) == 0 {
				_, err = fmt.Fprintln(s.out, "nothing differs")
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only print what differs")
	return cmd
}
