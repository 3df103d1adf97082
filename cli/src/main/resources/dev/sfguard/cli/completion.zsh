#compdef sfguard
# zsh completion of sfguard; the command itself knows what may stand where.
_sfguard() {
  local -a lines candidates
  local line
  lines=("${(@f)$(sfguard __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( ${#candidates} )); then
    _describe -V sfguard candidates
  else
    _files
  fi
}
if [[ $funcstack[1] == _sfguard ]]; then
  _sfguard "$@"
else
  compdef _sfguard sfguard
fi
