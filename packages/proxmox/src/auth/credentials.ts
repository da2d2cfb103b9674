/** Sends the form of a login and answers its `data`. */
export type Login = (form: Readonly<Record<string, string>>) => Promise<unknown>;

/** What proves who asks. Holds the secret, and shows it to nobody but {@link headers}. */
export interface Credentials {
  /** For messages: `token user@realm!name` or `user user@realm`. */
  readonly identity: string;
  /** Headers of a request; logs in first where that is needed. */
  headers(method: string, login: Login): Promise<Readonly<Record<string, string>>>;
  /** After a 401: whether another try with new headers may do better. */
  renew(refused: Readonly<Record<string, string>>): boolean;
  /** `text` without any secret in it. */
  redact(text: string): string;
}

/** Replaces every occurrence of every secret. */
export function redactAll(text: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length > 0);
  return long.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}
