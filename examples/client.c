/* A whole game over JSON lines, on sockets alone. client HOST PORT [GAME]: against the bot, or against the client that
 * names the same GAME. To build it: cc -o client examples/client.c */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* JSON. A value is a pointer into the line that has it: numbers are decimal digits, so nothing depends on how a machine
 * stores them. Strings are kept as they came, with their quotes and escapes, so that they can be sent again. */
static const char *space(const char *at) { return at + strspn(at, " \t\r"); }

/* The first byte after a value; NULL if there is no whole value. */
static const char *skip(const char *at, int depth) {
  char end = *at == '{' ? '}' : ']';
  if (depth > 32) return NULL;
  if (*at == '"') {
    for (at++; *at != '"'; at++)
      if (*at == '\0' || (*at == '\\' && *++at == '\0')) return NULL;
    return at + 1;
  }
  const char *after = at + strspn(at, "+-.0123456789Eaeflnrstu"); /* A number, true, false or null. */
  if (*at != '{' && *at != '[') return after == at ? NULL : after;
  for (at = space(at + 1); *at != end; at = space(at + 1)) {
    if (end == '}') { /* The name of a member and a colon. */
      if (*at != '"' || (at = skip(at, depth)) == NULL || *(at = space(at)) != ':') return NULL;
      at = space(at + 1);
    }
    if ((at = skip(at, depth + 1)) == NULL) return NULL;
    at = space(at);
    if (*at == end) break;
    if (*at != ',') return NULL;
  }
  return at + 1;
}

/* The value at a path of members, such as "result.players.X"; NULL if there is none. `json` must be a whole value. */
static const char *get(const char *json, const char *path) {
  while (json != NULL && *path != '\0') {
    size_t length = strcspn(path, "."), is_more = path[length] == '.';
    const char *found = NULL;
    for (const char *at = *json == '{' ? space(json + 1) : ""; *at == '"';) {
      const char *value = space(space(skip(at, 0)) + 1);
      if (strncmp(at + 1, path, length) == 0 && at[length + 1] == '"') found = value;
      at = space(skip(value, 0));
      at = *at == ',' ? space(at + 1) : "";
    }
    json = found;
    path += length + is_more;
  }
  return json;
}

/* The value as a number, its length, and whether it is this JSON text; all may be asked of NULL. */
static int number(const char *value) { return value == NULL ? 0 : atoi(value); }
static int length(const char *value) { return value == NULL ? 0 : (int)(skip(value, 0) - value); }
static int is(const char *value, const char *json) { return length(value) == (int)strlen(json) && !strncmp(value, json, length(value)); }
static void keep(char *text, int size, const char *value) { snprintf(text, size, "%.*s", length(value), value == NULL ? "" : value); }

static int line_socket = -1, last_id, tries, rest_ms, is_replaced;
static const char *host, *port, *game;
static char quoted[80], token[2048], account[128], history[128], view[65536], error[1024], input[65536];
static size_t received, used; /* The bytes in `input`, and how many of them belong to the line that was read last. */
static void pause_ms(int least, int most) {
  int range = 250 << (++tries < 7 ? tries : 7), ms = least + rand() % (range < most ? range : most);
  nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}
/* Keeps the newest state and shows it. Returns 0 if it is no state of this game. */
static int take(const char *state) {
  const char *board = get(state, "board");
  int width = number(get(state, "rules.width")), version = number(get(state, "version"));
  if (!is(get(state, "game"), quoted) || length(board) < 3 || width < 1 || version < 1 || length(get(state, "turn")) < 3) return 0;
  if (version <= number(get(view, "version"))) return 1;
  for (int at = 1; at + width < length(board); at += width) printf("%.*s\n", width, board + at);
  fflush((puts(""), stdout));
  return keep(view, sizeof view, state), tries = 0, 1;
}

/* Framing: a message ends with LF. TCP delivers bytes in any pieces, so bytes are collected until one has come.
 * Returns the next message, and takes the state in a notification; NULL: the connection has ended, or garbage came. */
static const char *receive(void) {
  for (;;) {
    memmove(input, input + used, received -= used);
    char *end;
    for (ssize_t count; (end = memchr(input, '\n', received)) == NULL; received += count)
      if ((count = recv(line_socket, input + received, sizeof input - received, 0)) <= 0) return used = 0, NULL;
    *end = '\0';
    used = end + 1 - input;
    if (*input == '\0') continue; /* The server's heartbeat. */
    if (*input != '{' || skip(input, 0) == NULL || *space(skip(input, 0)) != '\0') return NULL;
    if (is(get(input, "method"), "\"game.changed\"")) take(get(input, "params"));
    if (is(get(input, "method"), "\"server.closing\"")) rest_ms = number(get(input, "params.reconnectInMs"));
    return input;
  }
}

/* Sends a request again and again while the answer says: wait, then send the same. Returns the last answer, or NULL. */
static const char *request(const char *method, const char *params) {
  for (;;) {
    char text[4096];
    int size = snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n", ++last_id, method, params);
    for (int sent = 0, count; sent < size; sent += count) /* The system may take only a part. */
      if ((count = send(line_socket, text + sent, size - sent, MSG_NOSIGNAL)) <= 0) return NULL;
    const char *answer = receive();
    while (answer != NULL && number(get(answer, "id")) != last_id) answer = receive();
    const char *wait = get(answer, "error.data.retryAfterMs");
    if (wait == NULL && !is(get(answer, "error.data.retry"), "\"same\"")) return answer;
    fprintf(stderr, "waiting: %.*s\n", length(get(answer, "error.data.name")), get(answer, "error.data.name"));
    pause_ms(number(wait), 2000); /* rate-limited, unavailable, outcome-unknown */
  }
}

static void limit_silence(int seconds) {
  setsockopt(line_socket, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){seconds, 0}, sizeof(struct timeval));
}
/* Opens a connection, says hello with the token, and watches the game again. Returns 0 if that fails. */
static int dial(void) {
  struct addrinfo *list = NULL, want = {.ai_socktype = SOCK_STREAM};
  if (getaddrinfo(host, port, &want, &list) != 0) return 0;
  for (struct addrinfo *at = list; at != NULL && line_socket < 0; at = at->ai_next) {
    line_socket = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    limit_silence(10);
    /* Byte order: in an address the port is big-endian, whatever the machine is. `getaddrinfo` has converted it by htons. */
    if (connect(line_socket, at->ai_addr, at->ai_addrlen) == 0)
      fprintf(stderr, "connected to port %d\n", ntohs(((struct sockaddr_in *)at->ai_addr)->sin_port));
    else close(line_socket), line_socket = -1;
  }
  freeaddrinfo(list);
  if (line_socket < 0) return 0;
  char params[2200];
  snprintf(params, sizeof params, *token != '\0' ? "{\"token\":%s}" : "{\"name\":\"C client\"}", token);
  const char *hello = request("hello", params);
  int beat_ms = number(get(hello, "result.heartbeatMs"));
  if (is(get(hello, "error.data.retry"), "\"never\"")) exit((fprintf(stderr, "refused: %s\n", hello), 1));
  if (get(hello, "result.token") == NULL || beat_ms < 500) return 0;
  limit_silence(2 * beat_ms / 1000); /* A longer silence means that the connection is dead. */
  is_replaced = *history != '\0' && !is(get(hello, "result.journal"), history);
  keep(token, sizeof token, get(hello, "result.token"));
  keep(account, sizeof account, get(hello, "result.account.id"));
  keep(history, sizeof history, get(hello, "result.journal"));
  if (is_replaced) strcpy(view, "{}");
  snprintf(params, sizeof params, "{\"game\":\"%s\"}", game);
  return *view == '\0' || take(get(request("game.watch", params), "result"));
}

static void lose(void) {
  fputs("connecting again\n", stderr);
  if (line_socket >= 0) close(line_socket), line_socket = -1;
  received = used = 0;
  pause_ms(rest_ms, 15000);
  rest_ms = 0;
}

/* Repeats the request until it is answered. Returns 1 if it was accepted; otherwise `error` is the answer's error. */
static int call(const char *method, const char *params) {
  for (is_replaced = 0;; lose()) {
    if (line_socket < 0 && !dial()) continue;
    if (is_replaced && strstr(params, "version") != NULL) /* It was decided on a board that is gone. */
      return strcpy(error, "{\"message\":\"other games\",\"data\":{\"retry\":\"refresh\"}}"), 0;
    const char *answer = request(method, params), *refusal = get(answer, "error");
    if (refusal != NULL) return keep(error, sizeof error, refusal), 0;
    if (take(get(answer, "result"))) return 1;
  }
}

static void play(const char *named) {
  char path[] = "players.X.id", move[256];
  while (is(get(view, "outcome"), "null")) {
    path[8] = get(view, "turn")[1];
    int is_full = !is(get(view, "players.X"), "null") && !is(get(view, "players.O"), "null");
    if (is_full && is(get(view, path), account)) {
      int cell = strcspn(get(view, "board"), ".") - 1, width = number(get(view, "rules.width"));
      snprintf(move, sizeof move, "{\"game\":\"%s\",\"version\":%d,\"x\":%d,\"y\":%d}", game, number(get(view, "version")), cell % width, cell / width);
      if (call("game.move", move)) continue;
      if (!is(get(error, "data.retry"), "\"refresh\"") || !call("game.get", named)) return;
    } else if (line_socket < 0) call("game.watch", named);
    else if (receive() == NULL) lose();
  }
}

int main(int count, char **words) {
  if (count < 3) return fprintf(stderr, "client HOST PORT [GAME]\n"), 2;
  char drawn[64], named[256], create[256];
  srand(time(NULL) ^ getpid());
  snprintf(drawn, sizeof drawn, "c%lx-%x-%x", (long)time(NULL), getpid(), rand());
  host = words[1], port = words[2], game = count > 3 ? words[3] : drawn;
  snprintf(quoted, sizeof quoted, "\"%s\"", game);
  snprintf(named, sizeof named, "{\"game\":\"%s\"}", game);
  snprintf(create, sizeof create, "{\"game\":\"%s\",\"opponent\":{\"bot\":\"perfect\"}}", game);
  if (!call("game.create", count > 3 ? named : create) && is(get(error, "data.name"), "\"id-taken\"")) call("game.join", named);
  play(named);
  const char *board = get(view, "board"), *by = get(view, "outcome.by"), *winner = get(view, "outcome.winner");
  if (by == NULL) return fprintf(stderr, "refused: %s\n", error), 1;
  printf("%.*s %.*s %.*s\n", length(board) - 2, board + 1, length(by) - 2, by + 1, *winner == '"' ? 1 : 6, *winner == '"' ? winner + 1 : "nobody");
}
