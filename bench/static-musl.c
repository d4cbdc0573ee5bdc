/* What .NET's native parts for glibc and the agent call, and musl 1.2.3 does not have: linked into the musl row of static.sh. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The processor sets of sched.h: whole words of 64 processors. */
void *__sched_cpualloc(size_t processors)
{
    return calloc((processors + 63) / 64, 8);
}

void __sched_cpufree(void *set)
{
    free(set);
}

/* glibc's kind, with _GNU_SOURCE: returns the text, which musl has as constants. */
char *gnu_strerror_r(int error, char *buffer, size_t size) __asm__("strerror_r");

char *gnu_strerror_r(int error, char *buffer, size_t size)
{
    (void)buffer;
    (void)size;
    return strerror(error);
}

/* POSIX's kind, for OpenSSL. */
int posix_strerror_r(int error, char *buffer, size_t size)
{
    const char *text = strerror(error);
    size_t length = strlen(text);
    if (length >= size) {
        return ERANGE;
    }
    memcpy(buffer, text, length + 1);
    return 0;
}

int statx(int directory, const char *path, int flags, unsigned int mask, void *status)
{
    return (int)syscall(SYS_statx, directory, path, flags, mask, status);
}

/* Sets how many arenas glibc's malloc may have: musl's has none. */
int mallopt(int parameter, int value)
{
    (void)parameter;
    (void)value;
    return 0;
}

/* The agent does without these two where it does not find them. */
int malloc_trim(size_t keep)
{
    (void)keep;
    return 0;
}

int posix_spawn_file_actions_addclosefrom_np(void *actions, int from)
{
    (void)actions;
    (void)from;
    return 0;
}
