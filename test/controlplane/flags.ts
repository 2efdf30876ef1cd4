/** The arguments with these flags set; each replaces the flag of its name where it is there, and is added where not. */
export function withFlags(args: readonly string[], flags: Readonly<Record<string, string>>): string[] {
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [flag, inline] = args[index]!.split('=', 2);
    if (!flag!.startsWith('--') || !(flag!.slice(2) in flags)) rest.push(args[index]!);
    else if (inline === undefined) index++; // its value is the next argument
  }
  return [...rest, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
}

/** The value of a flag, `--flag=value` or `--flag value`. */
export function flagValue(args: readonly string[], flag: string): string | null {
  for (const [index, argument] of args.entries()) {
    if (argument === `--${flag}`) return args[index + 1] ?? null;
    if (argument.startsWith(`--${flag}=`)) return argument.slice(flag.length + 3);
  }
  return null;
}
