/* A client of tic-tac-toe with binary messages.  cc -O2 -o client client.c && ./client HOST PORT PLAYER (1: X, 2: O)
 * All numbers are in network byte order. Row and column are typed on two lines and count from 1. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOVE = 1 };
enum { BOARD = 1, ERROR = 2, WIN = 3, DRAW = 4 };

struct request { /* 6 bytes */
    uint8_t kind, player;
    uint16_t row, col;
};

struct answer { /* 12 bytes */
    uint8_t kind, player, cells[9], padding;
};

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static int connect_to(const char *host, const char *port) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        fail("There is no such host.");
    for (struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        int fd = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (fd >= 0 && connect(fd, each->ai_addr, each->ai_addrlen) == 0) {
            freeaddrinfo(found);
            return fd;
        }
        close(fd);
    }
    fail("The server cannot be reached.");
    return -1;
}

static void send_all(int fd, const void *bytes, size_t length) {
    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (n < 0)
            fail("The server is gone.");
        sent += n;
    }
}

static void receive_all(int fd, void *bytes, size_t length) {
    for (size_t received = 0; received < length;) {
        ssize_t n = recv(fd, (char *)bytes + received, length - received, 0);
        if (n <= 0)
            fail("The server is gone.");
        received += n;
    }
}

/* Asks until a number from 1 to 3 is typed. */
static int read_number(const char *what) {
    char line[64], rest;
    int number;
    for (;;) {
        printf("%s: ", what);
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL)
            exit(0);
        if (sscanf(line, "%d %c", &number, &rest) == 1 && number >= 1 && number <= 3)
            return number;
        printf("Type 1, 2 or 3.\n");
    }
}

static void show(const uint8_t *cells) {
    putchar('[');
    for (int i = 0; i < 9; i++) {
        if (i == 3 || i == 6)
            putchar('\n');
        putchar(cells[i] <= 2 ? ".XO"[cells[i]] : '?');
    }
    printf("]\n");
}

int main(int argc, char **argv) {
    if (argc != 4)
        fail("usage: client HOST PORT PLAYER");
    int fd = connect_to(argv[1], argv[2]);
    for (;;) {
        struct request request = {.kind = MOVE, .player = atoi(argv[3])};
        request.row = htons(read_number("row") - 1);
        request.col = htons(read_number("column") - 1);
        send_all(fd, &request, sizeof request);
        struct answer answer;
        receive_all(fd, &answer, sizeof answer);
        if (answer.kind < BOARD || answer.kind > DRAW)
            fail("The server sent an unknown answer.");
        if (answer.kind == ERROR)
            printf("The server refuses this move.\n");
        show(answer.cells);
        if (answer.kind == WIN)
            printf("Player %d wins.\n", answer.player);
        if (answer.kind == DRAW)
            printf("A draw.\n");
        fflush(stdout);
        if (answer.kind == WIN || answer.kind == DRAW)
            return 0;
    }
}
