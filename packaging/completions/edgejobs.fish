# Generated from the tables of commands and settings: CONTRIBUTING.md, "Files that tests compare".
complete -c edgejobs -f
complete -c edgejobs -n __fish_use_subcommand -l version -d 'version, commit and date'
complete -c edgejobs -n __fish_use_subcommand -a run -d 'fetch, run and report the thing'\''s jobs'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l endpoint -d 'the MQTT server; without a port 8883, then 443 if that is blocked' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l ca_file -d 'the certificate authorities to trust, PEM; the system'\''s trust store is then not used' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l proxy -d 'the HTTP proxy to connect through, or none; hosts in no_proxy are exempt from https_proxy and all_proxy' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l proxy_password_file -d 'the file with the password of the proxy'\''s user' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l mqtt_version -d 'the MQTT version; 3 is MQTT 3.1.1' -x -a '5 3 3.1.1'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l keep_alive -d 'the longest silence before a ping' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l session_expiry -d 'how long the server keeps the session of a lost connection (MQTT 5)' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l clean_start -d 'whether the first connection discards an earlier session' -x -a 'true false'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l wait_for_server -d 'retry when the first connection fails, instead of exiting with code 3 or 4'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l thing_name -d 'the thing whose jobs to run' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l client_id -d 'the MQTT client id' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l cert -d 'the thing'\''s certificate, PEM, with the intermediates that the server needs' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l key -d 'the thing'\''s private key, PEM, or a token'\''s (pkcs11:token=board;object=thing)' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l key_passphrase_file -d 'the file with the passphrase of an encrypted key, or the PIN of a token' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l provisioning_template -d 'get certificate, key and thing name by this template of AWS IoT fleet provisioning; replaces --cert, --key and --thing_name' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l claim_cert -d 'the claim certificate, PEM; not needed once the board has its own certificate' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l claim_key -d 'the private key of the claim certificate, PEM' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l provisioning_parameters -d 'the template'\''s parameters, {"NAME": "VALUE"}; for "file:/PATH" as a value, the file'\''s content' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l provisioning_key -d 'who creates the board'\''s private key' -x -a 'board service'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l job_id -d 'run only this job, then exit' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l once -d 'exit when no job is pending'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l poll_interval -d 'ask for jobs after a random time up to this, in case a notification was lost; 0 is never' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l step_timer -d 'the service times a job out after this silence of the board in a step without timeoutSeconds' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l handler_dir -d 'the directory of handlers with "path": "default"' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l trusted_keys -d 'the directory of the public keys and certificates (*.pem) for signatures of downloads' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l download_certificate_hosts -d 'the web servers that get the thing'\''s certificate on request, with commas between' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l limit_download_kbytes -d 'how many KB a second a download may take' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l stop_grace -d 'how long a step may take to end after SIGTERM, and may continue when the agent stops' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l keep_jobs -d 'for how many jobs to keep the full output in DATA_DIR/jobs' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l limit_output_mb -d 'how much to keep of each step'\''s stdout, and of its stderr' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l limit_memory_mb -d 'how much memory a step may use' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l limit_cpu_seconds -d 'how much CPU time a process of a step may use' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l limit_open_files -d 'how many descriptors a process of a step may have open' -x
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l data_dir -d 'the agent'\''s own directory: journal, output, working directory of steps' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l log_level -d 'the lowest level to log' -x -a 'debug info warning error'
complete -c edgejobs -n '__fish_seen_subcommand_from run' -l config -d 'a JSON file with any of the other settings' -r -F
complete -c edgejobs -n __fish_use_subcommand -a validate -d 'check a job document and print what a board would do'
complete -c edgejobs -n '__fish_seen_subcommand_from validate' -F
complete -c edgejobs -n __fish_use_subcommand -a policy -d 'print the least-privilege AWS IoT policy of the thing'
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l region -d 'the AWS region, such as eu-central-1' -x
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l account -d 'the 12 digits of the AWS account' -x
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l thing_name -d 'the thing' -x
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l client_id -d 'the MQTT client id; default: the thing name, or any with --provisioning_template' -x
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l provisioning_template -d 'print the policy of the claim certificate for this template instead' -x
complete -c edgejobs -n '__fish_seen_subcommand_from policy' -l provisioning_key -d 'who creates the private keys; default: board' -x -a 'board service'
complete -c edgejobs -n __fish_use_subcommand -a doctor -d 'check everything between the board and its jobs'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l endpoint -d 'the MQTT server; without a port 8883, then 443 if that is blocked' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l ca_file -d 'the certificate authorities to trust, PEM; the system'\''s trust store is then not used' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l proxy -d 'the HTTP proxy to connect through, or none; hosts in no_proxy are exempt from https_proxy and all_proxy' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l proxy_password_file -d 'the file with the password of the proxy'\''s user' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l mqtt_version -d 'the MQTT version; 3 is MQTT 3.1.1' -x -a '5 3 3.1.1'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l keep_alive -d 'the longest silence before a ping' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l session_expiry -d 'how long the server keeps the session of a lost connection (MQTT 5)' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l clean_start -d 'whether the first connection discards an earlier session' -x -a 'true false'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l wait_for_server -d 'retry when the first connection fails, instead of exiting with code 3 or 4'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l thing_name -d 'the thing whose jobs to run' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l client_id -d 'the MQTT client id' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l cert -d 'the thing'\''s certificate, PEM, with the intermediates that the server needs' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l key -d 'the thing'\''s private key, PEM, or a token'\''s (pkcs11:token=board;object=thing)' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l key_passphrase_file -d 'the file with the passphrase of an encrypted key, or the PIN of a token' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l provisioning_template -d 'get certificate, key and thing name by this template of AWS IoT fleet provisioning; replaces --cert, --key and --thing_name' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l claim_cert -d 'the claim certificate, PEM; not needed once the board has its own certificate' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l claim_key -d 'the private key of the claim certificate, PEM' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l provisioning_parameters -d 'the template'\''s parameters, {"NAME": "VALUE"}; for "file:/PATH" as a value, the file'\''s content' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l provisioning_key -d 'who creates the board'\''s private key' -x -a 'board service'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l job_id -d 'run only this job, then exit' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l once -d 'exit when no job is pending'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l poll_interval -d 'ask for jobs after a random time up to this, in case a notification was lost; 0 is never' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l step_timer -d 'the service times a job out after this silence of the board in a step without timeoutSeconds' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l handler_dir -d 'the directory of handlers with "path": "default"' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l trusted_keys -d 'the directory of the public keys and certificates (*.pem) for signatures of downloads' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l download_certificate_hosts -d 'the web servers that get the thing'\''s certificate on request, with commas between' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l limit_download_kbytes -d 'how many KB a second a download may take' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l stop_grace -d 'how long a step may take to end after SIGTERM, and may continue when the agent stops' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l keep_jobs -d 'for how many jobs to keep the full output in DATA_DIR/jobs' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l limit_output_mb -d 'how much to keep of each step'\''s stdout, and of its stderr' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l limit_memory_mb -d 'how much memory a step may use' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l limit_cpu_seconds -d 'how much CPU time a process of a step may use' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l limit_open_files -d 'how many descriptors a process of a step may have open' -x
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l data_dir -d 'the agent'\''s own directory: journal, output, working directory of steps' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l log_level -d 'the lowest level to log' -x -a 'debug info warning error'
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l config -d 'a JSON file with any of the other settings' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from doctor' -l json -d 'print JSON'
complete -c edgejobs -n __fish_use_subcommand -a status -d 'show current and past jobs, from the data directory'
complete -c edgejobs -n '__fish_seen_subcommand_from status' -l data_dir -d 'the agent'\''s own directory: journal, output, working directory of steps' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from status' -l config -d 'a JSON file with any of the other settings' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from status' -l json -d 'print JSON'
complete -c edgejobs -n __fish_use_subcommand -a migrate -d 'write the settings of an AWS IoT Device Client as settings of this agent'
complete -c edgejobs -n '__fish_seen_subcommand_from migrate' -l output -d 'the file to write; it must not exist; default: stdout' -r -F
complete -c edgejobs -n '__fish_seen_subcommand_from migrate' -F
