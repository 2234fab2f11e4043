import { Argument, type Command } from 'commander';
import type { Print } from './say.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** What can follow the words of a command. */
interface Completed {
  /** `dlq list`; empty for `sluice` itself. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
  /** What its arguments may be, where that is a list. */
  readonly values: readonly string[];
  readonly options: readonly {
    readonly long: string;
    readonly summary: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
}

/** `sluice completion bash | zsh | fish`: a script, made of the commands as they are. */
export function defineCompletion(whole: () => Promise<Command>): (command: Command, print: Print) => void {
  return (command, print) => {
    command
      .addArgument(new Argument('<shell>', 'for which shell').choices(shells))
      .addHelpText(
        'after',
        `
Examples:
  sluice completion bash > /etc/bash_completion.d/sluice
  source <(sluice completion zsh)
  sluice completion fish > ~/.config/fish/completions/sluice.fish`,
      )
      .action(async (shell: Shell) => {
        const all = completedOf(await whole());
        print(shell === 'fish' ? fishScript(all) : bashScript(all, shell));
      });
  };
}

/** Of a command and of all below it. */
function completedOf(command: Command, path = ''): Completed[] {
  const help = command.createHelp();
  const own: Completed = {
    path,
    values: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    subcommands: help
      .visibleCommands(command)
      .map((one) => ({ name: one.name(), summary: one.description() })),
    options: help
      .visibleOptions(command)
      .flatMap(({ long, description, required, argChoices = [] }) =>
        long === undefined ? [] : [{ long, summary: description, takesValue: required, choices: argChoices }],
      ),
  };
  return [own, ...command.commands.flatMap((one) => completedOf(one, `${path} ${one.name()}`.trim()))];
}

/** zsh runs what bash has. A value without choices is completed as a file. */
function bashScript(all: readonly Completed[], shell: 'bash' | 'zsh'): string {
  const words = all.map(({ path, subcommands, values: own, options }) => {
    const names = [...subcommands.map(({ name }) => name), ...own, ...options.map(({ long }) => long)];
    return `    '${path}') words='${names.join(' ')}' ;;`;
  });
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ long, takesValue, choices }) => {
      if (!takesValue) return [];
      const reply =
        choices.length === 0 ? 'compgen -f -- "$word"' : `compgen -W '${choices.join(' ')}' -- "$word"`;
      return [`    '${path} ${long}') COMPREPLY=($(${reply})); return ;;`];
    }),
  );
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join(' | ');
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_sluice() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    local next="\${path:+$path }\${COMP_WORDS[at]}"
    case "$next" in
    ${paths}) path="$next" ;;
    esac
  done
  case "$path $before" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _sluice sluice`;
}

function fishScript(all: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const lines = all.flatMap(({ path, subcommands, values, options }) => {
    const names = path.split(' ').filter((name) => name !== '');
    const isHere = [
      ...names.map((name) => `__fish_seen_subcommand_from ${name}`),
      ...(subcommands.length > 0
        ? [`not __fish_seen_subcommand_from ${subcommands.map(({ name }) => name).join(' ')}`]
        : []),
    ].join('; and ');
    return [
      ...subcommands.map(
        ({ name, summary }) => `complete -c sluice -f -n ${quoted(isHere)} -a ${name} -d ${quoted(summary)}`,
      ),
      ...values.map((value) => `complete -c sluice -f -n ${quoted(isHere)} -a ${value}`),
      ...options.map(({ long, summary, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `complete -c sluice -n ${quoted(isHere)} -l ${long.slice(2)}${value} -d ${quoted(summary)}`;
      }),
    ];
  });
  return lines.join('\n');
}
