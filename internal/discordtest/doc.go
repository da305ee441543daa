// Package discordtest is a Discord server for tests: HTTP and WebSocket on the
// loopback interface, in the test's own process, with a world of guilds,
// channels and members in which tests act as people do. It knows nothing of
// the bot's code: the real bot connects to it as to Discord.
//
//	s := discordtest.New(t, discordtest.Options{})
//	go bot(s.URL(), s.Token()) // DISCORD_API_URL, DISCORD_TOKEN
//	s.WaitReady()
//
//	alice, general := s.Member("alice"), s.Channel("general")
//	mod := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
//
//	asked := alice.Says(general, s.BotUser().Mention()+" how many people were killed?")
//	answer := s.Reply(asked)       // a *Message: Content, Embeds, Components, Text()
//	alice.Says(general, "and when?", discordtest.ReplyTo(answer))
//	alice.DM("who founded it?")
//	ask := alice.Slash(general, "ask", discordtest.Opt("question", "who?"), discordtest.Opt("private", true))
//	if r := ask.Reply(); !r.Ephemeral() { // waits; r.Message, r.FollowUps, r.Text()
//		t.Errorf("not private: %s", r.Text())
//	}
//	choices := alice.Autocomplete(general, "ask", "question", "how ma").Reply().Choices
//	context := alice.Clicks(ask.Reply().Message, "Context").Reply() // by label or custom_id
//	reload := mod.Slash(general, "corpus reload").Reply()
//	refused := alice.Slash(general, "corpus reload", discordtest.Forged()).Reply()
//	add := mod.Slash(general, "corpus add")
//	mod.SubmitsModal(add, map[string]string{"Title": "A story", "Text": "It was."}).Reply()
//
// Methods such as Reply wait for the bot and fail the test when nothing comes;
// those that take a context return an error instead. To show that the bot
// stays silent, use Server.ExpectSilence, which is looked at when the bot has
// stopped. In a subtest call Server.In first. Server.Transcript writes down
// what members do and see, for golden files.
//
// # What is checked
//
// Every request is held against Discord's OpenAPI description, when the
// environment variable VERBATIM_OPENAPI holds the path of its openapi.json,
// and against the rules that the description misses. What Discord would
// refuse is answered with 400 and recorded; so are messages that could ping
// someone, an interaction answered twice or after three seconds, and routes
// that don't exist. Any such violation fails the test when the server closes,
// unless Options.AllowViolations is set. Stats counts and is one line when
// printed. Lengths are counted in code points.
//
// # What goes wrong on demand
//
// Server.Fail plans wrong answers to REST requests, Server.Limit and
// Server.LimitAll rate limits, and the methods of Server.Gateway everything
// that can befall a connection. Options.Dialect makes it another server that
// speaks the same API.
package discordtest
