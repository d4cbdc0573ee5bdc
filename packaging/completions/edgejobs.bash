# shellcheck shell=bash
# Generated from the tables of commands and settings: CONTRIBUTING.md, "Files that tests compare".

_edgejobs() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W 'run validate policy doctor status migrate --help --version' -- "$word")
    return
  fi
  if [[ $word != --* ]]; then
    case $before in
      --endpoint) return ;;
      --ca_file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --proxy) return ;;
      --proxy_password_file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --mqtt_version) mapfile -t COMPREPLY < <(compgen -W '5 3 3.1.1' -- "$word"); return ;;
      --keep_alive) return ;;
      --session_expiry) return ;;
      --clean_start) mapfile -t COMPREPLY < <(compgen -W 'true false' -- "$word"); return ;;
      --thing_name) return ;;
      --client_id) return ;;
      --cert) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --key_passphrase_file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --provisioning_template) return ;;
      --claim_cert) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --claim_key) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --provisioning_parameters) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --provisioning_key) mapfile -t COMPREPLY < <(compgen -W 'board service' -- "$word"); return ;;
      --job_id) return ;;
      --poll_interval) return ;;
      --step_timer) return ;;
      --handler_dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
      --trusted_keys) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
      --download_certificate_hosts) return ;;
      --limit_download_kbytes) return ;;
      --stop_grace) return ;;
      --keep_jobs) return ;;
      --limit_output_mb) return ;;
      --limit_memory_mb) return ;;
      --limit_cpu_seconds) return ;;
      --limit_open_files) return ;;
      --data_dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
      --log_level) mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word"); return ;;
      --config) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
      --region) return ;;
      --account) return ;;
      --output) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    esac
    [[ $command != validate && $command != migrate ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
    return
  fi
  case $command in
    run) mapfile -t COMPREPLY < <(compgen -W '--endpoint --ca_file --proxy --proxy_password_file --mqtt_version --keep_alive --session_expiry --clean_start --wait_for_server --thing_name --client_id --cert --key --key_passphrase_file --provisioning_template --claim_cert --claim_key --provisioning_parameters --provisioning_key --job_id --once --poll_interval --step_timer --handler_dir --trusted_keys --download_certificate_hosts --limit_download_kbytes --stop_grace --keep_jobs --limit_output_mb --limit_memory_mb --limit_cpu_seconds --limit_open_files --data_dir --log_level --config --help' -- "$word") ;;
    validate) mapfile -t COMPREPLY < <(compgen -W '--help' -- "$word") ;;
    policy) mapfile -t COMPREPLY < <(compgen -W '--region --account --thing_name --client_id --provisioning_template --provisioning_key --help' -- "$word") ;;
    doctor) mapfile -t COMPREPLY < <(compgen -W '--endpoint --ca_file --proxy --proxy_password_file --mqtt_version --keep_alive --session_expiry --clean_start --wait_for_server --thing_name --client_id --cert --key --key_passphrase_file --provisioning_template --claim_cert --claim_key --provisioning_parameters --provisioning_key --job_id --once --poll_interval --step_timer --handler_dir --trusted_keys --download_certificate_hosts --limit_download_kbytes --stop_grace --keep_jobs --limit_output_mb --limit_memory_mb --limit_cpu_seconds --limit_open_files --data_dir --log_level --config --json --help' -- "$word") ;;
    status) mapfile -t COMPREPLY < <(compgen -W '--data_dir --config --json --help' -- "$word") ;;
    migrate) mapfile -t COMPREPLY < <(compgen -W '--output --help' -- "$word") ;;
  esac
}
complete -o filenames -F _edgejobs edgejobs
