import type { Logger } from 'pino';
import { createSmtp } from '#lib/egress/smtp.ts';
import type { Env } from './env.ts';

/** A letter to one person: plain words, and at most one thing to do. */
export interface Letter {
  to: string;
  subject: string;
  /** Paragraphs before the link. */
  before: string[];
  link?: { label: string; url: string };
  /** Paragraphs after it. */
  after?: string[];
}

export interface Mailer {
  /** Whether the mail server took it. What went wrong is logged, with neither address nor link. */
  send(letter: Letter): Promise<boolean>;
}

/** Null where no mail server is set: then links are shown instead of sent. */
export function createMailer(env: Env, log: Logger): Mailer | null {
  if (!env.mail) return null;
  const smtp = createSmtp(env.mail);
  return {
    async send(letter) {
      try {
        await smtp.send({
          to: letter.to,
          subject: oneLine(letter.subject),
          text: textOf(letter),
          html: htmlOf(letter),
        });
        return true;
      } catch (error) {
        log.warn(
          { code: (error as { code?: unknown }).code ?? null },
          'a letter was not sent: the mail server did not take it',
        );
        return false;
      }
    },
  };
}

/** Names of organizations and people are in subjects; a line break in one would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function textOf({ before, link, after = [] }: Letter): string {
  const action = link ? [`${link.label}:\n${link.url}`] : [];
  return `${[...before.map(oneLine), ...action, ...after.map(oneLine)].join('\n\n')}\n`;
}

/** No images, no styles from elsewhere: nothing in it tells that it was opened. */
function htmlOf({ before, link, after = [] }: Letter): string {
  const paragraph = (text: string) => `<p>${escaped(oneLine(text))}</p>`;
  const action = link
    ? [
        `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`,
        `<p>Or open this address:<br>${escaped(link.url)}</p>`,
      ]
    : [];
  const body = [...before.map(paragraph), ...action, ...after.map(paragraph)].join('\n');
  return `<!doctype html>\n<html><body style="font-family: sans-serif; font-size: 15px; line-height: 1.5">\n${body}\n</body></html>\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
