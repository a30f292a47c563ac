// A server of one thread that answers every POST after a fixed delay with the same chat completion, or at
// /classify with the same score. It reads no more of a request than its length, so that it costs far less than what is measured in front of it.
// A GET is answered at once with the most POSTs that were open at a time since the last GET, and how many came.
//   upstream PORT DELAY_MICROSECONDS [FILE_OF_THE_COMPLETION [NEVER_ANSWER_EVERY_NTH]]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 65536, BUFFER = 65536, BATCH = 512, REPLY = 32768 };

struct connection { int used; uint32_t life; char buffer[BUFFER]; };
struct answer { uint64_t due; int socket; uint32_t life; int which; };

static struct connection *connections[MOST_CONNECTIONS];
static uint32_t lives;
static struct answer queue[MOST_CONNECTIONS * 2];
static unsigned head, tail;
static uint64_t delay;
static char replies[2][REPLY];
static int lengths[2];
static unsigned never, seen, peak, calls;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void make_reply(int which, const char *body)
{
    lengths[which] = snprintf(replies[which], sizeof replies[which],
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: bench\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        strlen(body), body);
}

static void make_replies(void)
{
    make_reply(0,
        "{\"id\":\"chatcmpl-0123456789abcdef0123456789abcdef\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench\","
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"The sky is blue because the molecules of air scatter blue light "
        "from the sun more than they scatter red light, and so blue reaches the eye from every direction.\",\"refusal\":null},\"logprobs\":null,"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":24,\"completion_tokens\":36,\"total_tokens\":60}}");
    make_reply(1,
        "{\"id\":\"classify-0123456789abcdef\",\"object\":\"list\",\"created\":1700000000,\"model\":\"bench\","
        "\"data\":[{\"index\":0,\"label\":\"LABEL_0\",\"probs\":[1.25],\"num_classes\":1}],"
        "\"usage\":{\"prompt_tokens\":60,\"total_tokens\":60,\"completion_tokens\":0,\"prompt_tokens_details\":null}}");
}

static void drop(int socket)
{
    free(connections[socket]);
    connections[socket] = NULL;
    close(socket);
}

static void read_reply(const char *path)
{
    static char body[REPLY - 1024];
    FILE *file = fopen(path, "r");
    if (!file) { perror(path); exit(1); }
    body[fread(body, 1, sizeof body - 1, file)] = 0;
    fclose(file);
    make_reply(0, body);
}

static void tell(int socket)
{
    char body[64], text[256];
    int length = snprintf(body, sizeof body, "{\"peak\": %u, \"calls\": %u}", peak, calls);
    int whole = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    peak = 0;
    calls = 0;
    if (write(socket, text, whole) != whole) drop(socket);
}

static void send_reply(int socket, int which)
{
    if (write(socket, replies[which], lengths[which]) != lengths[which]) drop(socket);
}

static void answer(int socket, int which)
{
    calls++;
    if (tail - head + 1 > peak) peak = tail - head + 1;
    if (never && ++seen % never == 0) return;
    if (delay == 0) send_reply(socket, which);
    else queue[tail++ % (MOST_CONNECTIONS * 2)] = (struct answer){now() + delay, socket, connections[socket]->life, which};
}

// Every request is read to its end by Content-Length; there are no others.
static void read_from(int socket)
{
    struct connection *c = connections[socket];
    long got = read(socket, c->buffer + c->used, BUFFER - c->used - 1);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) drop(socket);
        return;
    }
    c->used += (int)got;
    c->buffer[c->used] = 0;
    for (;;) {
        char *end = memmem(c->buffer, c->used, "\r\n\r\n", 4);
        if (!end) return;
        char *length = strcasestr(c->buffer, "\ncontent-length:");
        long body = length && length < end ? strtol(length + 16, NULL, 10) : 0;
        long whole = end + 4 - c->buffer + body;
        if (whole > BUFFER - 1) { drop(socket); return; }
        if (c->used < whole) return;
        int which = strncmp(c->buffer, "POST /classify", 14) == 0, is_get = strncmp(c->buffer, "GET ", 4) == 0;
        memmove(c->buffer, c->buffer + whole, c->used - whole);
        c->used -= (int)whole;
        c->buffer[c->used] = 0;
        if (is_get) tell(socket);
        else answer(socket, which);
        if (!connections[socket] || c->used == 0) return;
    }
}

int main(int count, char **arguments)
{
    if (count < 3 || count > 5) { fprintf(stderr, "upstream PORT DELAY_MICROSECONDS [FILE_OF_THE_COMPLETION [NEVER_ANSWER_EVERY_NTH]]\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    make_replies();
    if (count > 3) read_reply(arguments[3]);
    if (count > 4) never = (unsigned)atoi(arguments[4]);
    delay = strtoull(arguments[2], NULL, 10) * 1000;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 8192)) { perror("listen"); return 1; }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[BATCH];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct timespec wait, *most = NULL;
        if (head != tail) {
            uint64_t t = now(), due = queue[head % (MOST_CONNECTIONS * 2)].due;
            uint64_t left = due > t ? due - t : 0;
            wait = (struct timespec){left / 1000000000u, left % 1000000000u};
            most = &wait;
        }
        int ready = epoll_pwait2(poll, events, BATCH, most, NULL);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd != listener) { if (connections[fd]) read_from(fd); continue; }
            for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                if (client >= MOST_CONNECTIONS) { close(client); continue; }
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                connections[client] = calloc(1, sizeof(struct connection));
                connections[client]->life = ++lives;
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
                epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
            }
        }
        for (uint64_t t = now(); head != tail && queue[head % (MOST_CONNECTIONS * 2)].due <= t; head++) {
            struct answer *a = &queue[head % (MOST_CONNECTIONS * 2)];
            if (connections[a->socket] && connections[a->socket]->life == a->life) send_reply(a->socket, a->which);
        }
    }
}
