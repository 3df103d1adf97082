# bash completion of sfguard; the command itself knows what may stand where.
_sfguard() {
  local line IFS=$'\n'
  COMPREPLY=()
  for line in $(sfguard __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    COMPREPLY+=("${line%%$'\t'*}")
  done
}
# Where it names nothing, bash offers files.
complete -o default -F _sfguard sfguard
