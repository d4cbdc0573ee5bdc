/*
 * Runs the jobs of a thing as the Jobs sample of the AWS IoT Device SDK for C++ v2 does, on the C libraries that the SDK is
 * made of: mutual TLS, MQTT 5, subscribe, then start-next, a command, update, and the next one. One event loop thread as in
 * the SDK's samples; the work is done by the main thread, which waits for what the callbacks tell it. A program to measure the
 * agent against, with no more than that needs: no journal, no output capture, no process groups, no time limits.
 */
#define _GNU_SOURCE /* memmem */
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "crt.h"

extern char **environ;

enum { TOPIC_SIZE = 256, NAME_SIZE = 65, PAYLOAD_SIZE = 40 * 1024, AT_LEAST_ONCE = 1, FILTERS = 5 };

enum reply { NO_REPLY, ACCEPTED, REJECTED };

/* What the callbacks tell the main thread. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool connected;
    unsigned subscribed;
    enum reply reply;
    bool notified; /* notify-next has named a job since the last start-next */
    char payload[PAYLOAD_SIZE];
} inbox = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct aws_mqtt5_client *client;
static const char *thing;
static unsigned requests;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void fail_crt(const char *what)
{
    fail(what, aws_error_str(aws_last_error()));
}

static struct aws_byte_cursor cursor(const char *text)
{
    return (struct aws_byte_cursor){strlen(text), (uint8_t *)text};
}

static bool ends_with(struct aws_byte_cursor text, const char *end)
{
    size_t length = strlen(end);
    return text.len >= length && memcmp(text.ptr + text.len - length, end, length) == 0;
}

/* The value of a member, wherever in the text it first stands; the service's names occur once. NULL when it has none. */
static const char *member(const char *json, const char *name)
{
    char quoted[NAME_SIZE];
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const char *at = strstr(json, quoted);
    if (at == NULL) {
        return NULL;
    }

    at += strlen(quoted);
    return at + strspn(at, " \t\r\n:");
}

static bool read_string(const char *json, const char *name, char *value, size_t size)
{
    const char *at = member(json, name);
    if (at == NULL || *at != '"') {
        return false;
    }

    size_t length = strcspn(++at, "\"");
    if (length >= size) {
        return false;
    }

    memcpy(value, at, length);
    value[length] = '\0';
    return true;
}

static void on_lifecycle(const struct aws_mqtt5_client_lifecycle_event *event)
{
    if (event->event_type == CONNECTION_FAILURE || event->event_type == DISCONNECTION) {
        fail(event->event_type == DISCONNECTION ? "connection lost" : "can't connect", aws_error_str(event->error_code));
    }

    if (event->event_type == CONNECTION_SUCCESS) {
        pthread_mutex_lock(&inbox.lock);
        inbox.connected = true;
        pthread_cond_signal(&inbox.changed);
        pthread_mutex_unlock(&inbox.lock);
    }
}

static void on_suback(const struct aws_mqtt5_packet_suback_view *suback, int error, void *context)
{
    (void)context;
    if (error != 0) {
        fail("can't subscribe", aws_error_str(error));
    }

    for (size_t i = 0; i < suback->reason_code_count; i++) {
        if (suback->reason_codes[i] > 2) {
            fail("can't subscribe", "the broker refused a subscription");
        }
    }

    pthread_mutex_lock(&inbox.lock);
    inbox.subscribed += (unsigned)suback->reason_code_count;
    pthread_cond_signal(&inbox.changed);
    pthread_mutex_unlock(&inbox.lock);
}

static void on_publish(const struct aws_mqtt5_packet_publish_view *publish, void *context)
{
    (void)context;
    if (publish->payload.len >= PAYLOAD_SIZE) {
        fail("can't read a message", "it is too long");
    }

    pthread_mutex_lock(&inbox.lock);
    if (ends_with(publish->topic, "/notify-next")) {
        inbox.notified = memmem(publish->payload.ptr, publish->payload.len, "\"jobId\"", 7) != NULL;
    } else {
        inbox.reply = ends_with(publish->topic, "/accepted") ? ACCEPTED : REJECTED;
        memcpy(inbox.payload, publish->payload.ptr, publish->payload.len);
        inbox.payload[publish->payload.len] = '\0';
    }

    pthread_cond_signal(&inbox.changed);
    pthread_mutex_unlock(&inbox.lock);
}

static void on_published(int packet_type, const void *packet, int error, void *context)
{
    (void)packet_type;
    (void)packet;
    (void)context;
    if (error != 0) {
        fail("can't publish", aws_error_str(error));
    }
}

static void connect_client(const char *host, const char *port, const char *ca, const char *certificate, const char *key)
{
    struct aws_allocator *allocator = aws_default_allocator();
    aws_mqtt_library_init(allocator);

    struct aws_event_loop_group *loops = aws_event_loop_group_new_default(allocator, 1, NULL);
    struct aws_host_resolver_default_options resolving = {.max_entries = 8, .el_group = loops};
    struct aws_client_bootstrap_options booting = {
        .event_loop_group = loops, .host_resolver = aws_host_resolver_new_default(allocator, &resolving)};
    struct aws_client_bootstrap *bootstrap = aws_client_bootstrap_new(allocator, &booting);
    if (bootstrap == NULL) {
        fail_crt("can't start the event loop");
    }

    struct aws_tls_ctx_options trust;
    if (aws_tls_ctx_options_init_client_mtls_from_path(&trust, allocator, certificate, key) != 0) {
        fail_crt("can't read the certificate or its key");
    }

    if (aws_tls_ctx_options_override_default_trust_store_from_path(&trust, NULL, ca) != 0) {
        fail_crt(ca);
    }

    struct aws_tls_ctx *context = aws_tls_client_ctx_new(allocator, &trust);
    if (context == NULL) {
        fail_crt("can't use the certificates");
    }

    aws_tls_ctx_options_clean_up(&trust);
    struct aws_tls_connection_options tls;
    aws_tls_connection_options_init_from_ctx(&tls, context);

    struct aws_socket_options socket = {.connect_timeout_ms = 5000};
    struct aws_mqtt5_packet_connect_view connect = {.keep_alive_interval_seconds = 60, .client_id = cursor(thing)};
    struct aws_mqtt5_client_options options = {
        .host_name = cursor(host),
        .port = (uint16_t)atoi(port),
        .bootstrap = bootstrap,
        .socket_options = &socket,
        .tls_options = &tls,
        .connect_options = &connect,
        .publish_received_handler = on_publish,
        .lifecycle_event_handler = on_lifecycle,
    };
    client = aws_mqtt5_client_new(allocator, &options);
    if (client == NULL || aws_mqtt5_client_start(client) != 0) {
        fail_crt("can't start the client");
    }

    pthread_mutex_lock(&inbox.lock);
    while (!inbox.connected) {
        pthread_cond_wait(&inbox.changed, &inbox.lock);
    }

    pthread_mutex_unlock(&inbox.lock);
}

/* In one packet as the agent does, or in one for each topic, each of which waits for its SUBACK, as the SDK's sample does. */
static void subscribe(bool one_by_one)
{
    static const char *const ends[FILTERS] = {
        "notify-next", "start-next/accepted", "start-next/rejected", "+/update/accepted", "+/update/rejected"};
    char filters[FILTERS][TOPIC_SIZE];
    struct aws_mqtt5_subscription_view subscriptions[FILTERS] = {0};
    for (int i = 0; i < FILTERS; i++) {
        snprintf(filters[i], TOPIC_SIZE, "$aws/things/%s/jobs/%s", thing, ends[i]);
        subscriptions[i].topic_filter = cursor(filters[i]);
        subscriptions[i].qos = AT_LEAST_ONCE;
    }

    size_t each = one_by_one ? 1 : FILTERS;
    for (size_t done = 0; done < FILTERS; done += each) {
        struct aws_mqtt5_packet_subscribe_view packet = {.subscription_count = each, .subscriptions = subscriptions + done};
        struct aws_mqtt5_subscribe_completion_options completion = {.completion_callback = on_suback};
        if (aws_mqtt5_client_subscribe(client, &packet, &completion) != 0) {
            fail_crt("can't subscribe");
        }

        pthread_mutex_lock(&inbox.lock);
        while (inbox.subscribed < done + each) {
            pthread_cond_wait(&inbox.changed, &inbox.lock);
        }

        pthread_mutex_unlock(&inbox.lock);
    }
}

/* Publishes a request and waits for its reply, which is then in the inbox. The broker is trusted to answer. */
static void request(const char *topic_end, const char *payload)
{
    char topic[TOPIC_SIZE];
    snprintf(topic, sizeof topic, "$aws/things/%s/jobs/%s", thing, topic_end);
    inbox.reply = NO_REPLY; /* one request at a time: nobody else writes it now */
    struct aws_mqtt5_packet_publish_view packet = {.topic = cursor(topic), .payload = cursor(payload), .qos = AT_LEAST_ONCE};
    struct aws_mqtt5_publish_completion_options completion = {.completion_callback = on_published};
    if (aws_mqtt5_client_publish(client, &packet, &completion) != 0) {
        fail_crt("can't publish");
    }

    pthread_mutex_lock(&inbox.lock);
    while (inbox.reply == NO_REPLY) {
        pthread_cond_wait(&inbox.changed, &inbox.lock);
    }

    pthread_mutex_unlock(&inbox.lock);
    if (inbox.reply == REJECTED) {
        fail(topic, inbox.payload);
    }
}

/* Tells the service how a job stands; returns the version that follows. */
static long update(const char *job, const char *status, long version)
{
    char topic[TOPIC_SIZE];
    char payload[TOPIC_SIZE];
    snprintf(topic, sizeof topic, "%s/update", job);
    snprintf(payload, sizeof payload, "{\"status\":\"%s\",\"expectedVersion\":%ld,\"clientToken\":\"%u\"}", status, version, ++requests);
    request(topic, payload);
    return version + 1;
}

/* Runs a program without arguments; true when it ended with 0. */
static bool run(char *command)
{
    char *words[] = {command, NULL};
    pid_t child;
    int status;
    return posix_spawn(&child, command, NULL, NULL, words, environ) == 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
        && WEXITSTATUS(status) == 0;
}

static void run_jobs(bool reports_progress)
{
    for (;;) {
        char payload[NAME_SIZE];
        snprintf(payload, sizeof payload, "{\"clientToken\":\"%u\"}", ++requests);
        pthread_mutex_lock(&inbox.lock);
        inbox.notified = false;
        pthread_mutex_unlock(&inbox.lock);
        request("start-next", payload);

        char job[NAME_SIZE];
        char command[TOPIC_SIZE];
        const char *version = member(inbox.payload, "versionNumber");
        if (!read_string(inbox.payload, "jobId", job, sizeof job) || version == NULL) {
            pthread_mutex_lock(&inbox.lock);
            while (!inbox.notified) {
                pthread_cond_wait(&inbox.changed, &inbox.lock);
            }

            pthread_mutex_unlock(&inbox.lock);
            continue;
        }

        if (!read_string(inbox.payload, "command", command, sizeof command)) {
            fail(job, "its document has no command");
        }

        long current = atol(version);
        if (reports_progress) {
            current = update(job, "IN_PROGRESS", current);
        }

        update(job, run(command) ? "SUCCEEDED" : "FAILED", current);
    }
}

int main(int count, char **words)
{
    const char *host = NULL, *port = "8883", *ca = NULL, *certificate = NULL, *key = NULL, *together = "yes", *progress = "yes";
    struct {
        const char *flag;
        const char **value;
    } flags[] = {
        {"--host", &host}, {"--port", &port}, {"--ca_file", &ca}, {"--cert", &certificate}, {"--key", &key},
        {"--thing_name", &thing}, {"--subscribe_together", &together}, {"--report_progress", &progress},
    };
    for (int i = 1; i < count; i += 2) {
        size_t known = 0;
        while (known < sizeof flags / sizeof *flags && strcmp(words[i], flags[known].flag) != 0) {
            known++;
        }

        if (known == sizeof flags / sizeof *flags || i + 1 == count) {
            fail(words[i], "there is no such flag, or its value is missing");
        }

        *flags[known].value = words[i + 1];
    }

    if (host == NULL || ca == NULL || certificate == NULL || key == NULL || thing == NULL) {
        fail("usage", "aws-crt --host HOST --ca_file FILE --cert FILE --key FILE --thing_name NAME [--port 8883] "
                      "[--subscribe_together yes|no] [--report_progress yes|no]");
    }

    connect_client(host, port, ca, certificate, key);
    subscribe(strcmp(together, "no") == 0);
    run_jobs(strcmp(progress, "no") != 0);
}
