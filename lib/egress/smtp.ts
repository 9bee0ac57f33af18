import type { createTransport } from 'nodemailer';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** ms until a mail server must have answered. */
const CONNECT_MS = 10_000;
const IDLE_MS = 20_000;

export interface SmtpMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** The mail server of this installation. Set by whoever runs it, so that EGRESS_ALLOW says nothing about it. */
export interface Smtp {
  /** Resolves when the server has taken the message. Throws Error when it did not. */
  send(message: SmtpMessage): Promise<void>;
}

/**
 * `url`: `smtp://` (STARTTLS where the server has it, and always when there is a password for another machine) or
 * `smtps://`. `from`: the sender, `Patchbay <patchbay@example.com>`. Connects with the first message, not before.
 */
export function createSmtp({ url, from }: { url: string; from: string }): Smtp {
  let transport: Promise<ReturnType<typeof createTransport>> | null = null;
  const open = async () => {
    const { createTransport } = await import('nodemailer');
    const { username, hostname } = new URL(url);
    return createTransport({
      url,
      requireTLS: username !== '' && !LOOPBACK.test(hostname),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  return {
    async send({ to, ...content }) {
      transport ??= open();
      // As an object: a list of addresses in one text would be several people.
      const sent = await (await transport).sendMail({ from, to: { name: '', address: to }, ...content });
      if (sent.rejected.length > 0) throw new Error('The mail server refused the address.');
    },
  };
}
