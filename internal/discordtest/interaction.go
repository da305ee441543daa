package discordtest

import (
	"context"
	"fmt"
	"time"
)

// Types of an interaction.
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

// Types of the first response to an interaction.
const (
	ResponseMessage        = 4
	ResponseDeferred       = 5
	ResponseDeferredUpdate = 6
	ResponseUpdate         = 7
	ResponseChoices        = 8
	ResponseModal          = 9
)

// Times that an interaction leaves the bot.
const (
	firstResponseWithin = 3 * time.Second
	tokenLives          = 15 * time.Minute
	maxForeignFollowUps = 5
)

// interactionStore holds the interactions; the server's lock guards it.
type interactionStore struct {
	byID    map[string]*Interaction
	byToken map[string]*Interaction
	order   []*Interaction
}

// Interaction is something that a member did with the bot's commands,
// buttons or dialogues. Its methods give what the member sees of the bot's
// response.
type Interaction struct {
	ID    string
	Token string

	s       *Server
	kind    int
	user    *User
	channel *Channel
	command *Command
	option  int      // the type of the option that is being typed
	message *Message // whose component was used, or whose modal's was
	foreign bool     // installed by the user only
	sent    time.Time

	delivered bool // at once, to a bot that was connected

	response int // type of the first response; 0 while there is none
	original string
	followUp []string // ids of messages, oldest first
	edits    int
	choices  []Choice
	modal    *Modal
	changed  chan struct{}
}

// Reply is what a member sees of the bot's response to an interaction, at one
// moment.
type Reply struct {
	Type      int        // of the first response, such as ResponseMessage
	Message   *Message   // the response, or the message that it changed; nil when there is none
	Choices   []Choice   // suggestions while typing
	Modal     *Modal     // a dialogue
	FollowUps []*Message // further messages that still stand, oldest first
	Edits     int        // how often the response was edited
}

// Text is what the response says, all parts of it.
func (r Reply) Text() string {
	if r.Message == nil {
		return ""
	}
	return r.Message.Text()
}

// Ephemeral reports whether only the member sees the response.
func (r Reply) Ephemeral() bool { return r.Message != nil && r.Message.Ephemeral() }

// now is the reply at this moment. The caller holds the lock.
func (i *Interaction) now() Reply {
	r := Reply{Type: i.response, Choices: i.choices, Modal: i.modal, Edits: i.edits}
	if i.original != "" {
		r.Message = i.s.messages[i.original]
	}
	for _, id := range i.followUp {
		if m := i.s.messages[id]; m != nil {
			r.FollowUps = append(r.FollowUps, m)
		}
	}
	return r
}

// settled reports whether the member has an answer: not nothing, and not just
// a sign that the bot is thinking.
func (i *Interaction) settled() bool {
	switch i.response {
	case 0:
		return false
	case ResponseDeferred:
		m := i.s.messages[i.original]
		return m == nil || m.Flags&FlagLoading == 0
	case ResponseDeferredUpdate:
		return i.edits > 0 || len(i.followUp) > 0
	}
	return true
}

// wake tells those who wait for the interaction.
func (i *Interaction) wake() {
	if i.changed != nil {
		close(i.changed)
		i.changed = nil
	}
}

// WaitUntil waits until the reply is as the filter wants it.
func (i *Interaction) WaitUntil(ctx context.Context, filter func(Reply) bool) (Reply, error) {
	return i.wait(ctx, func() bool { return filter(i.now()) })
}

// Wait waits for an answer: a message, suggestions or a dialogue. A deferral
// is none until it was followed by something.
func (i *Interaction) Wait(ctx context.Context) (Reply, error) { return i.wait(ctx, i.settled) }

func (i *Interaction) wait(ctx context.Context, cond func() bool) (Reply, error) {
	for {
		i.s.mu.Lock()
		r, ok := i.now(), cond()
		if ok {
			i.s.mu.Unlock()
			return r, nil
		}
		if i.changed == nil {
			i.changed = make(chan struct{})
		}
		changed := i.changed
		i.s.mu.Unlock()
		select {
		case <-changed:
		case <-i.s.done:
			return r, fmt.Errorf("waiting for the response to %s: the server has stopped", i)
		case <-ctx.Done():
			return r, fmt.Errorf("waiting for the response to %s: %w", i, context.Cause(ctx))
		}
	}
}

// Reply is Wait within the server's patience; it fails the test when there is
// no answer.
func (i *Interaction) Reply() Reply {
	i.s.t.Helper()
	ctx, cancel := i.s.patience()
	defer cancel()
	r, err := i.Wait(ctx)
	if err != nil {
		i.s.t.Fatalf("discordtest: %v", err)
	}
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.saw(r)
	return r
}

// FollowUp waits for the n-th further message, counted from 1; it fails the
// test when there is none.
func (i *Interaction) FollowUp(n int) *Message {
	i.s.t.Helper()
	ctx, cancel := i.s.patience()
	defer cancel()
	r, err := i.WaitUntil(ctx, func(r Reply) bool { return len(r.FollowUps) >= n })
	if err != nil {
		i.s.t.Fatalf("discordtest: %v", err)
	}
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.s.saw(r.FollowUps[n-1], "")
	return r.FollowUps[n-1]
}

// Now is the reply as it is at this moment, perhaps empty.
func (i *Interaction) Now() Reply {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.now()
}

// Thinking reports whether the member sees that the bot is thinking.
func (i *Interaction) Thinking() bool {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	m := i.s.messages[i.original]
	return m != nil && m.Flags&FlagLoading != 0
}

// Answered reports whether the bot has answered.
func (i *Interaction) Answered() bool {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.settled()
}

func (i *Interaction) String() string {
	what := map[int]string{interactionCommand: "command", interactionComponent: "component",
		interactionAutocomplete: "autocomplete of", interactionModal: "modal"}[i.kind]
	if i.command != nil {
		what += " " + i.command.Name
	}
	return fmt.Sprintf("%s by %s", what, i.user.Name)
}

// Unanswered are the interactions that the bot has left without an answer,
// those included on which it seems to think.
func (s *Server) Unanswered() []*Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Interaction
	for _, i := range s.interactions.order {
		if !i.settled() {
			out = append(out, i)
		}
	}
	return out
}

// Secrets are what must not stand in a bot's log: its token, and those of the
// interactions, each of which is as good as the right to answer.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{s.opts.Token}
	for _, i := range s.interactions.order {
		out = append(out, i.Token)
	}
	return out
}

// begin stores a new interaction and sends it to the bot. The caller holds
// the lock.
func (s *Server) begin(i *Interaction, payload object) *Interaction {
	i.s, i.ID, i.sent = s, s.newID(), s.now()
	i.Token = "interaction-" + s.newID()
	st := &s.interactions
	st.byID[i.ID], st.byToken[i.Token] = i, i
	st.order = append(st.order, i)
	if n := s.opts.Retain; n > 0 && len(st.order) > n {
		left := len(st.order) - n
		for _, old := range st.order[:left] {
			delete(st.byID, old.ID)
			delete(st.byToken, old.Token)
		}
		clear(st.order[:left])
		st.order = st.order[left:]
	}
	payload["id"], payload["token"], payload["type"] = i.ID, i.Token, i.kind
	payload["version"], payload["application_id"] = 1, s.appID
	i.delivered = s.gateway.held == nil && s.reaches(i.channel.guild)
	s.emit(event{kind: "INTERACTION_CREATE", guild: i.channel.guild, channel: i.channel, data: payload})
	s.touch()
	return i
}
