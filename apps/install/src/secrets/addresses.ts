/** Works on the text, since addresses of several hosts are no URL for the platform's own parser. */
const form = /^(?<scheme>[a-z+]+:\/\/)(?:(?<login>[^@/]*)@)?(?<rest>.*)$/;

interface Login {
  readonly user: string;
  readonly password: string;
}

/** An address without a login, with one in it. */
export function withLogin(address: string, { user, password }: Login): string {
  const { scheme = '', rest = '' } = form.exec(address)?.groups ?? {};
  return `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${rest}`;
}

/** The password in an address; undefined when there is none. */
export function passwordIn(url: string | undefined): string | undefined {
  const password = form.exec(url ?? '')?.groups?.['login']?.split(':')[1];
  try {
    return password ? decodeURIComponent(password) : undefined;
  } catch {
    return undefined;
  }
}
