/*
 * The part of the AWS Common Runtime's C interface that the peer uses, declared by hand: Debian ships the libraries inside
 * python3-awscrt, without headers. The layouts are those of version 0.16.8 (January 2023), on 64-bit Linux; the assertions
 * hold the sizes that the headers of that version give. Another version may lay things out differently: build.sh refuses it.
 */
#ifndef CRT_H
#define CRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aws_allocator;
struct aws_client_bootstrap;
struct aws_event_loop_group;
struct aws_host_resolver;
struct aws_mqtt5_client;
struct aws_tls_ctx;

struct aws_byte_cursor {
    size_t len;
    uint8_t *ptr;
};

struct aws_byte_buf {
    size_t len;
    uint8_t *buffer;
    size_t capacity;
    struct aws_allocator *allocator;
};

/* aws-c-io */

struct aws_host_resolver_default_options {
    size_t max_entries;
    struct aws_event_loop_group *el_group;
    const void *shutdown_options;
    void *system_clock_override_fn;
};

struct aws_client_bootstrap_options {
    struct aws_event_loop_group *event_loop_group;
    struct aws_host_resolver *host_resolver;
    const void *host_resolution_config;
    void *on_shutdown_complete;
    void *user_data;
};

struct aws_socket_options {
    int type;   /* 0: a stream */
    int domain; /* 0: IPv4 */
    uint32_t connect_timeout_ms;
    uint16_t keep_alive_interval_sec;
    uint16_t keep_alive_timeout_sec;
    uint16_t keep_alive_max_failed_probes;
    bool keepalive;
};

struct aws_tls_ctx_options {
    struct aws_allocator *allocator;
    int minimum_tls_version;
    int cipher_pref;
    struct aws_byte_buf ca_file;
    void *ca_path;
    void *alpn_list;
    struct aws_byte_buf certificate;
    struct aws_byte_buf private_key;
    size_t max_fragment_size;
    bool verify_peer;
    void *ctx_options_extension;
    void *custom_key_op_handler;
};

struct aws_tls_connection_options {
    void *alpn_list;
    void *server_name;
    void *on_negotiation_result;
    void *on_data_read;
    void *on_error;
    void *user_data;
    struct aws_tls_ctx *ctx;
    bool advertise_alpn_message;
    uint32_t timeout_ms;
};

struct aws_event_loop_group *aws_event_loop_group_new_default(struct aws_allocator *allocator, uint16_t max_threads, const void *shutdown_options);
struct aws_host_resolver *aws_host_resolver_new_default(struct aws_allocator *allocator, const struct aws_host_resolver_default_options *options);
struct aws_client_bootstrap *aws_client_bootstrap_new(struct aws_allocator *allocator, const struct aws_client_bootstrap_options *options);
int aws_tls_ctx_options_init_client_mtls_from_path(
    struct aws_tls_ctx_options *options, struct aws_allocator *allocator, const char *certificate, const char *key);
int aws_tls_ctx_options_override_default_trust_store_from_path(struct aws_tls_ctx_options *options, const char *directory, const char *file);
void aws_tls_ctx_options_clean_up(struct aws_tls_ctx_options *options);
struct aws_tls_ctx *aws_tls_client_ctx_new(struct aws_allocator *allocator, const struct aws_tls_ctx_options *options);
void aws_tls_connection_options_init_from_ctx(struct aws_tls_connection_options *options, struct aws_tls_ctx *context);

/* aws-c-mqtt, its MQTT 5 client */

struct aws_mqtt5_subscription_view {
    struct aws_byte_cursor topic_filter;
    int qos;
    bool no_local;
    bool retain_as_published;
    int retain_handling_type;
};

struct aws_mqtt5_packet_subscribe_view {
    uint16_t packet_id;
    size_t subscription_count;
    const struct aws_mqtt5_subscription_view *subscriptions;
    const uint32_t *subscription_identifier;
    size_t user_property_count;
    const void *user_properties;
};

struct aws_mqtt5_packet_suback_view {
    uint16_t packet_id;
    const struct aws_byte_cursor *reason_string;
    size_t user_property_count;
    const void *user_properties;
    size_t reason_code_count;
    const int *reason_codes;
};

struct aws_mqtt5_packet_publish_view {
    struct aws_byte_cursor payload;
    uint16_t packet_id;
    int qos;
    bool duplicate;
    bool retain;
    struct aws_byte_cursor topic;
    const int *payload_format;
    const uint32_t *message_expiry_interval_seconds;
    const uint16_t *topic_alias;
    const struct aws_byte_cursor *response_topic;
    const struct aws_byte_cursor *correlation_data;
    size_t subscription_identifier_count;
    const uint32_t *subscription_identifiers;
    const struct aws_byte_cursor *content_type;
    size_t user_property_count;
    const void *user_properties;
};

struct aws_mqtt5_packet_connect_view {
    uint16_t keep_alive_interval_seconds;
    struct aws_byte_cursor client_id;
    const struct aws_byte_cursor *username;
    const struct aws_byte_cursor *password;
    bool clean_start;
    const uint32_t *session_expiry_interval_seconds;
    const uint8_t *request_response_information;
    const uint8_t *request_problem_information;
    const uint16_t *receive_maximum;
    const uint16_t *topic_alias_maximum;
    const uint32_t *maximum_packet_size_bytes;
    const uint32_t *will_delay_interval_seconds;
    const struct aws_mqtt5_packet_publish_view *will;
    size_t user_property_count;
    const void *user_properties;
    const struct aws_byte_cursor *authentication_method;
    const struct aws_byte_cursor *authentication_data;
};

enum { CONNECTION_SUCCESS = 1, CONNECTION_FAILURE = 2, DISCONNECTION = 3 };

struct aws_mqtt5_client_lifecycle_event {
    int event_type;
    struct aws_mqtt5_client *client;
    int error_code;
    void *user_data;
    const void *connack_data;
    const void *settings;
    const void *disconnect_data;
};

typedef void suback_received(const struct aws_mqtt5_packet_suback_view *suback, int error, void *context);
typedef void publish_done(int packet_type, const void *packet, int error, void *context);

struct aws_mqtt5_subscribe_completion_options {
    suback_received *completion_callback;
    void *completion_user_data;
};

struct aws_mqtt5_publish_completion_options {
    publish_done *completion_callback;
    void *completion_user_data;
};

struct aws_mqtt5_client_options {
    struct aws_byte_cursor host_name;
    uint16_t port;
    struct aws_client_bootstrap *bootstrap;
    const struct aws_socket_options *socket_options;
    const struct aws_tls_connection_options *tls_options;
    const void *http_proxy_options;
    void *websocket_handshake_transform;
    void *websocket_handshake_transform_user_data;
    const struct aws_mqtt5_packet_connect_view *connect_options;
    int session_behavior;
    int extended_validation_and_flow_control_options;
    int offline_queue_behavior;
    int retry_jitter_mode;
    uint64_t min_reconnect_delay_ms;
    uint64_t max_reconnect_delay_ms;
    uint64_t min_connected_time_to_reset_reconnect_delay_ms;
    uint32_t ping_timeout_ms;
    uint32_t connack_timeout_ms;
    uint32_t ack_timeout_seconds;
    void *topic_aliasing_options;
    void (*publish_received_handler)(const struct aws_mqtt5_packet_publish_view *publish, void *context);
    void *publish_received_handler_user_data;
    void (*lifecycle_event_handler)(const struct aws_mqtt5_client_lifecycle_event *event);
    void *lifecycle_event_handler_user_data;
    void *client_termination_handler;
    void *client_termination_handler_user_data;
};

struct aws_mqtt5_client *aws_mqtt5_client_new(struct aws_allocator *allocator, const struct aws_mqtt5_client_options *options);
int aws_mqtt5_client_start(struct aws_mqtt5_client *client);
int aws_mqtt5_client_subscribe(
    struct aws_mqtt5_client *client,
    const struct aws_mqtt5_packet_subscribe_view *packet,
    const struct aws_mqtt5_subscribe_completion_options *completion);
int aws_mqtt5_client_publish(
    struct aws_mqtt5_client *client,
    const struct aws_mqtt5_packet_publish_view *packet,
    const struct aws_mqtt5_publish_completion_options *completion);

/* aws-c-common, and what brings all of them up */

struct aws_allocator *aws_default_allocator(void);
void aws_mqtt_library_init(struct aws_allocator *allocator);
int aws_last_error(void);
const char *aws_error_str(int error);

_Static_assert(sizeof(struct aws_host_resolver_default_options) == 32, "aws_host_resolver_default_options");
_Static_assert(sizeof(struct aws_client_bootstrap_options) == 40, "aws_client_bootstrap_options");
_Static_assert(sizeof(struct aws_socket_options) == 20, "aws_socket_options");
_Static_assert(sizeof(struct aws_tls_ctx_options) == 160, "aws_tls_ctx_options");
_Static_assert(sizeof(struct aws_tls_connection_options) == 64, "aws_tls_connection_options");
_Static_assert(sizeof(struct aws_mqtt5_subscription_view) == 32, "aws_mqtt5_subscription_view");
_Static_assert(sizeof(struct aws_mqtt5_packet_subscribe_view) == 48, "aws_mqtt5_packet_subscribe_view");
_Static_assert(sizeof(struct aws_mqtt5_packet_suback_view) == 48, "aws_mqtt5_packet_suback_view");
_Static_assert(sizeof(struct aws_mqtt5_packet_publish_view) == 128, "aws_mqtt5_packet_publish_view");
_Static_assert(sizeof(struct aws_mqtt5_packet_connect_view) == 144, "aws_mqtt5_packet_connect_view");
_Static_assert(sizeof(struct aws_mqtt5_client_lifecycle_event) == 56, "aws_mqtt5_client_lifecycle_event");
_Static_assert(sizeof(struct aws_mqtt5_client_options) == 192, "aws_mqtt5_client_options");

#endif
