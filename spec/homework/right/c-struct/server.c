/* Tic-tac-toe with binary messages: one process, one thread, one poll loop.  cc -O2 -o server server.c && ./server PORT
 * All numbers are in network byte order. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOVE = 1, SHOW = 2, RESET = 3 };
enum { BOARD = 1, ERROR = 2, WIN = 3, DRAW = 4 };
enum { EMPTY = 0, X = 1, O = 2 };

struct request { /* 6 bytes */
    uint8_t kind, player;
    uint16_t row, col;
};

struct answer { /* 12 bytes */
    uint8_t kind, player, cells[9], padding;
};

struct client {
    uint8_t in[6];
    size_t in_length;
    struct answer out;
    size_t out_sent; /* sizeof out: nothing is left to send */
};

#define MAX_CLIENTS 1000
static struct pollfd fds[MAX_CLIENTS + 1]; /* the first is the listener */
static struct client clients[MAX_CLIENTS + 1];
static int count = 1;

static uint8_t cells[9];
static uint8_t turn = X;
static int over = 0;

static const int lines[8][3] = {
    {0, 1, 2}, {3, 4, 5}, {6, 7, 8},
    {0, 3, 6}, {1, 4, 7}, {2, 5, 8},
    {0, 4, 8}, {2, 4, 6},
};

static int has_won(uint8_t player) {
    for (int i = 0; i < 8; i++) {
        const int *l = lines[i];
        if (cells[l[0]] == player && cells[l[1]] == player && cells[l[2]] == player)
            return 1;
    }
    return 0;
}

static int is_full(void) {
    for (int i = 0; i < 9; i++)
        if (cells[i] == EMPTY)
            return 0;
    return 1;
}

static uint8_t move(uint8_t player, unsigned row, unsigned col) {
    if (over || player != turn)
        return ERROR;
    if (row > 2 || col > 2)
        return ERROR;
    if (cells[row * 3 + col] != EMPTY)
        return ERROR;
    cells[row * 3 + col] = player;
    turn = player == X ? O : X;
    if (has_won(player)) {
        over = 1;
        return WIN;
    }
    if (is_full()) {
        over = 1;
        return DRAW;
    }
    return BOARD;
}

static void reset(void) {
    memset(cells, EMPTY, sizeof cells);
    turn = X;
    over = 0;
}

static struct answer handle(const uint8_t *bytes) {
    struct request request;
    memcpy(&request, bytes, sizeof request);
    struct answer answer = {.kind = BOARD, .player = request.player};
    if (request.kind == MOVE)
        answer.kind = move(request.player, ntohs(request.row), ntohs(request.col));
    else if (request.kind == RESET)
        reset();
    else if (request.kind != SHOW)
        answer.kind = ERROR;
    memcpy(answer.cells, cells, sizeof cells);
    return answer;
}

static void set_nonblocking(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void accept_client(void) {
    int fd = accept(fds[0].fd, NULL, NULL);
    if (fd < 0)
        return;
    if (count > MAX_CLIENTS) {
        close(fd);
        return;
    }
    set_nonblocking(fd);
    fds[count] = (struct pollfd){.fd = fd, .events = POLLIN};
    clients[count] = (struct client){.out_sent = sizeof(struct answer)};
    count++;
}

static void drop(int i) {
    close(fds[i].fd);
    count--;
    fds[i] = fds[count];
    clients[i] = clients[count];
}

/* Returns 0 if the client is gone. */
static int flush(int i) {
    struct client *c = &clients[i];
    while (c->out_sent < sizeof c->out) {
        ssize_t n = send(fds[i].fd, (char *)&c->out + c->out_sent, sizeof c->out - c->out_sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0)
            return 0;
        c->out_sent += n;
    }
    /* No further request is read before the answer is sent: a client that never reads needs no memory. */
    fds[i].events = c->out_sent < sizeof c->out ? POLLOUT : POLLIN;
    return 1;
}

/* Returns 0 if the client is gone. Reads at most one request; poll calls again for the next one. */
static int receive(int i) {
    struct client *c = &clients[i];
    ssize_t n = recv(fds[i].fd, c->in + c->in_length, sizeof c->in - c->in_length, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
    if (n == 0)
        return 0;
    c->in_length += n;
    if (c->in_length < sizeof c->in)
        return 1;
    c->in_length = 0;
    c->out = handle(c->in);
    c->out_sent = 0;
    return flush(i);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT\n", argv[0]);
        return 2;
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 256) < 0) {
        perror("cannot listen");
        return 1;
    }
    set_nonblocking(listener);
    fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (;;) {
        poll(fds, count, -1);
        /* From the last to the first: drop() puts the last one in the place of the dropped one. */
        for (int i = count - 1; i >= 1; i--) {
            int alive = 1;
            if (fds[i].revents & POLLOUT)
                alive = flush(i);
            else if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
                alive = receive(i);
            if (!alive)
                drop(i);
        }
        if (fds[0].revents & POLLIN)
            accept_client();
    }
}
