/*
 * Preloaded into a program (LD_PRELOAD), sets TCP_NODELAY on each of its TCP connections. A program that lacks it waits for
 * the server's delayed acknowledgement, about 40 ms, wherever it sends two small packets in a row.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    int (*next)(int, const struct sockaddr *, socklen_t) =
        (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    int on = 1;
    /* Refused by a socket that is not TCP, which does not matter. */
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    errno = 0;
    return next(socket, address, length);
}
