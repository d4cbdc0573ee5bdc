// Starts a program in a cgroup and with the descriptors that are given: posix_spawn can't join a cgroup before glibc 2.39. No managed code
// may run between vfork and execve, hence C. Between them there are only calls that are safe in a signal handler.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { LAST_SIGNAL = 64 };

// NativeSpawn.Request
struct request {
    const char *program;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    const char *cgroup;     // its cgroup.procs; null to stay in this cgroup
    const int *descriptors; // become the descriptors from 1 on; none for -1
    int count;
};

// Returns an error number, negative if the cgroup could not be joined.
static int exec_in_child(const struct request *request) {
    // The handlers of this process must not run in the child, which shares its memory; and the program would inherit ignored signals. By
    // system call: the C library refuses the two signals that it reserves.
    const char default_action[32] = {0};
    for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
        syscall(SYS_rt_sigaction, signal, default_action, 0, LAST_SIGNAL / 8);
    }

    if (request->cgroup) {
        int processes = open(request->cgroup, O_WRONLY | O_CLOEXEC);
        if (processes < 0 || write(processes, "0", 1) != 1) {
            return -errno;
        }

        close(processes);
    }

    setsid();
    close(0);
    if (open("/dev/null", O_RDONLY) < 0) {
        return errno;
    }

    for (int i = 0; i < request->count; i++) {
        if (request->descriptors[i] < 0) {
            close(i + 1);
        } else if (dup2(request->descriptors[i], i + 1) < 0) {
            return errno;
        }
    }

    if (chdir(request->directory) != 0) {
        return errno;
    }

    // Before Linux 5.9 only what this process has left open for its children remains open.
    syscall(SYS_close_range, request->count + 1, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, 0);
    execve(request->program, request->arguments, request->environment);
    return errno;
}

// Returns an error number, negative if the cgroup could not be joined, or 0 with the process id.
int edgejobs_spawn(const struct request *request, int *id) {
    if (!request) {
        return EINVAL;
    }

    sigset_t all, before;
    volatile int error = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t process = vfork();
    if (process == 0) {
        error = exec_in_child(request);
        _exit(127);
    }

    if (process < 0) {
        error = errno;
    } else if (error != 0) {
        while (waitpid(process, 0, 0) < 0 && errno == EINTR) {
        }
    }

    *id = process;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    return error;
}
