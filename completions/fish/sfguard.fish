# fish completion of sfguard; the command itself knows what may stand where.
function __sfguard_complete
    set -l words (commandline -opc) (commandline -ct)
    sfguard __complete -- $words[2..-1] 2>/dev/null
end
complete -c sfguard -a '(__sfguard_complete)'
