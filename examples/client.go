// A whole game over JSON lines. go run client.go HOST PORT [GAME]: against the bot, or against the client that names the
// same GAME.
package main

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// JSON. Members that a type does not name are ignored, as a client has to. `null` leaves a pointer nil.

type account struct{ ID string }

type view struct {
	Game    string
	Version int
	Rules   struct{ Width int }
	Board   string
	Turn    string
	Players struct{ X, O *account }
	Outcome *struct{ Winner, By string }
}

type message struct {
	ID     int
	Method string
	Params json.RawMessage // Not decoded before it is known what it is.
	Result json.RawMessage
	Error  *refusal
}

// refusal is an error of the server: the request is refused for good, or at this version.
type refusal struct {
	Message string
	Data    struct {
		Name, Retry  string
		RetryAfterMs int
	}
}

func (r *refusal) Error() string { return r.Message }

// asRefusal returns nil for any other error: the connection was lost, or garbage came.
func asRefusal(err error) *refusal {
	var refused *refusal
	errors.As(err, &refused)
	return refused
}

// client is one account in one game. It repeats each request, on a new connection if necessary, until it is answered.
type client struct {
	address, game, token, history string
	me                            account
	connection                    net.Conn
	lines                         *bufio.Reader
	silence                       time.Duration
	view                          *view // The newest state; nil before the first.
	lastID, tries                 int
	rest                          time.Duration
}

type object map[string]any

// call passes the result to `take`, which returns an error if it is no such result.
func (c *client) call(method string, params object, take func(json.RawMessage) error) error {
	params["game"] = c.game
	for {
		err := c.attempt(method, params, take)
		if err == nil || asRefusal(err) != nil {
			return err
		}
		c.lose(err)
	}
}

func (c *client) attempt(method string, params object, take func(json.RawMessage) error) error {
	if c.connection == nil {
		isReplaced, err := c.connect()
		if err != nil {
			return err
		}
		if _, isDecided := params["version"]; isReplaced && isDecided {
			refused := &refusal{Message: "the games were replaced"}
			refused.Data.Retry = "refresh"
			return refused
		}
	}
	result, err := c.request(method, params)
	if err != nil {
		return err
	}
	return take(result)
}

// connect says hello with the token, and watches the game again. It returns whether the server now has other games.
func (c *client) connect() (bool, error) {
	connection, err := net.DialTimeout("tcp", c.address, 10*time.Second)
	if err != nil {
		return false, err
	}
	c.connection, c.lines, c.silence = connection, bufio.NewReaderSize(connection, 1<<16), 10*time.Second
	params := object{"name": "Go client"}
	if c.token != "" {
		params = object{"token": c.token}
	}
	result, err := c.request("hello", params)
	if err != nil {
		return false, err
	}
	var hello struct {
		Account     account
		Token       string
		Journal     string
		HeartbeatMs int
	}
	if err := json.Unmarshal(result, &hello); err != nil || hello.Token == "" || hello.HeartbeatMs < 1 {
		return false, errors.New("this is no answer to hello")
	}
	isReplaced := c.history != "" && c.history != hello.Journal
	c.me, c.token, c.history = hello.Account, hello.Token, hello.Journal
	c.silence = 2 * time.Duration(hello.HeartbeatMs) * time.Millisecond // Longer silence: the connection is dead.
	if c.view == nil {
		return isReplaced, nil
	}
	if isReplaced {
		c.view.Version = 0
	}
	if result, err = c.request("game.watch", object{"game": c.game}); err != nil {
		return isReplaced, err
	}
	return isReplaced, c.take(result)
}

func (c *client) lose(reason error) {
	fmt.Fprintln(os.Stderr, "connecting again:", reason)
	if c.connection != nil {
		c.connection.Close()
	}
	c.connection = nil
	rest := c.rest
	c.rest = 0
	c.pause(rest, 15*time.Second)
}

// pause waits for the least time and a random one that grows with each try.
func (c *client) pause(least, most time.Duration) {
	c.tries++
	limit := 250 * time.Millisecond << min(c.tries, 7)
	if limit > most {
		limit = most
	}
	random, _ := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	time.Sleep(least + time.Duration(random.Int64()))
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// request sends the request again and again while the answer says: wait, then send the same.
func (c *client) request(method string, params object) (json.RawMessage, error) {
	for {
		c.lastID++
		text, _ := json.Marshal(object{"jsonrpc": "2.0", "id": c.lastID, "method": method, "params": params})
		if _, err := c.connection.Write(append(text, '\n')); err != nil {
			return nil, err
		}
		answer, err := c.receive()
		for err == nil && answer.ID != c.lastID {
			answer, err = c.receive()
		}
		if err != nil || answer.Error == nil {
			return answer.Result, err
		}
		data := answer.Error.Data
		if data.Retry != "same" && data.RetryAfterMs == 0 {
			return nil, answer.Error
		}
		fmt.Fprintln(os.Stderr, "waiting:", data.Name)
		c.pause(time.Duration(data.RetryAfterMs)*time.Millisecond, 2*time.Second) // rate-limited, unavailable, outcome-unknown
	}
}

// receive returns the next message. It takes the state in a notification, whatever is waited for.
// Framing: a message ends with LF. TCP delivers bytes in any pieces; the reader collects them until one has come.
func (c *client) receive() (message, error) {
	for {
		c.connection.SetReadDeadline(time.Now().Add(c.silence))
		line, err := c.lines.ReadSlice('\n') // A line that is longer than the reader's buffer is an error.
		if err != nil {
			return message{}, err
		}
		if len(line) == 1 { // The server's heartbeat.
			continue
		}
		var got message
		if !utf8.Valid(line) {
			return got, errors.New("this is not UTF-8")
		}
		if err := json.Unmarshal(line, &got); err != nil {
			return got, err
		}
		switch got.Method {
		case "game.changed":
			err = c.take(got.Params)
		case "server.closing":
			var closing struct{ ReconnectInMs int }
			err = json.Unmarshal(got.Params, &closing)
			c.rest = time.Duration(closing.ReconnectInMs) * time.Millisecond
		}
		return got, err
	}
}

// take keeps the newest state and shows it.
func (c *client) take(text json.RawMessage) error {
	var state view
	if err := json.Unmarshal(text, &state); err != nil {
		return err
	}
	width := state.Rules.Width
	if state.Version < 1 || width < 1 || len(state.Board)%width != 0 {
		return errors.New("this is no state of a game")
	}
	if state.Game != c.game || c.view != nil && state.Version <= c.view.Version {
		return nil
	}
	c.view, c.tries = &state, 0
	for at := 0; at < len(state.Board); at += width {
		fmt.Println(state.Board[at : at+width])
	}
	fmt.Println()
	return nil
}

func (c *client) isMyTurn() bool {
	players := map[string]*account{"X": c.view.Players.X, "O": c.view.Players.O}
	player := players[c.view.Turn]
	return players["X"] != nil && players["O"] != nil && player != nil && *player == c.me
}

func (c *client) play() error {
	for c.view.Outcome == nil {
		err := c.step()
		if refused := asRefusal(err); refused != nil {
			if refused.Data.Retry != "refresh" {
				return err
			}
			fmt.Fprintln(os.Stderr, "refused:", err)
			if err = c.call("game.get", object{}, c.take); err != nil {
				return err
			}
		} else if err != nil {
			c.lose(err)
		}
	}
	return nil
}

// step makes a move, or waits for one.
func (c *client) step() error {
	if c.isMyTurn() {
		cell, width := strings.Index(c.view.Board, "."), c.view.Rules.Width
		return c.call("game.move", object{"version": c.view.Version, "x": cell % width, "y": cell / width}, c.take)
	}
	if c.connection == nil {
		return c.call("game.watch", object{}, c.take)
	}
	_, err := c.receive()
	return err
}

// verify computes the chain of the game's record again: each entry contains the hash of everything before it.
func (c *client) verify() error {
	var record struct {
		Entries []struct {
			Version   uint64
			At, Event json.RawMessage // The same bytes that were hashed.
			Chain     string
		}
	}
	err := c.call("game.record", object{}, func(result json.RawMessage) error { return json.Unmarshal(result, &record) })
	if err != nil {
		return err
	}
	chain := make([]byte, 16)
	for _, entry := range record.Entries {
		hash := sha256.New()
		hash.Write(chain)
		// Byte order: the hash is of bytes, so both machines must store the number alike. The protocol says big-endian.
		binary.Write(hash, binary.BigEndian, entry.Version)
		fmt.Fprintf(hash, `{"at":%s,"event":%s}`, entry.At, entry.Event)
		chain = hash.Sum(nil)[:16]
		if hex.EncodeToString(chain) != entry.Chain {
			return fmt.Errorf("entry %d does not continue the chain", entry.Version)
		}
	}
	fmt.Fprintf(os.Stderr, "the record is whole: %d entries\n", len(record.Entries))
	return nil
}

func run(host, port string, named []string) error {
	random := make([]byte, 16)
	rand.Read(random)
	c := &client{address: net.JoinHostPort(host, port), game: "go" + hex.EncodeToString(random)}
	params := object{"opponent": object{"bot": "perfect"}}
	if len(named) > 0 {
		c.game, params = named[0], object{}
	}
	err := c.call("game.create", params, c.take)
	if refused := asRefusal(err); refused != nil && refused.Data.Name == "id-taken" {
		err = c.call("game.join", object{}, c.take) // The other client has created the game.
	}
	if err == nil {
		err = c.play()
	}
	if err == nil {
		err = c.verify()
	}
	if err != nil {
		return err
	}
	winner := c.view.Outcome.Winner
	if winner == "" {
		winner = "nobody"
	}
	fmt.Println(c.view.Board, c.view.Outcome.By, winner)
	return nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "client.go HOST PORT [GAME]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}
