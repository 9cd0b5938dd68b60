/** Where the words of a program go. */
export interface Output {
  say(line: string): void;
  complain(line: string): void;
}

/** The log may be what could not start, so this goes to the process's own streams as it is. */
export const processOutput: Output = {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
};
