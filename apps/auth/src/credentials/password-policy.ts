/** Shorter user names stand in many good passwords by chance. */
const USERNAME_LENGTH_MIN = 4;

interface Rules {
  readonly username: string;
  readonly lengthMin: number;
}

/**
 * What is wrong with a new password, as a sentence that helps to choose another; undefined when it
 * is fine. Length is what counts (NIST SP 800-63B-4): there are no rules of composition.
 */
export function passwordFault(
  password: string,
  { username, lengthMin }: Rules,
): string | undefined {
  const characters = [...password.normalize('NFC')];
  if (characters.length < lengthMin) {
    const count = `has ${characters.length} characters, at least ${lengthMin} are needed`;
    return `the password ${count}: four words make a good one`;
  }
  if (new Set(characters).size === 1) {
    return 'the password repeats a single character: four words make a good one';
  }
  const isNamed = username.length >= USERNAME_LENGTH_MIN;
  if (isNamed && password.toLowerCase().includes(username.toLowerCase())) {
    return 'the password contains the user name: leave it out';
  }
  return undefined;
}
