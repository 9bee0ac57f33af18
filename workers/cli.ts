import { createWriteStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EncryptionKeyError } from '#lib/auth/master-keys.ts';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import { type App, createApp } from '#lib/operations/app.ts';
import { backup, restore } from '#lib/operations/backup.ts';
import { checkAudits } from '#lib/operations/check-audit.ts';
import { checkConnection } from '#lib/operations/check-connection.ts';
import { checkInstallation } from '#lib/operations/check-installation.ts';
import type { Hop } from '#lib/operations/connection-check/hop.ts';
import { createKey } from '#lib/operations/create-key.ts';
import { readDiskFolder, writeDiskFolder } from '#lib/operations/disk-folder.ts';
import { type Env, EnvError, parseEnv } from '#lib/operations/env.ts';
import { AUDIT_FORMATS, exportAudit } from '#lib/operations/export-audit.ts';
import { exportProject } from '#lib/operations/export-project.ts';
import { importProject } from '#lib/operations/import-project.ts';
import { recoverAccount } from '#lib/operations/password-reset.ts';
import { readAddress } from '#lib/operations/pinned-address.ts';
import { publishAll } from '#lib/operations/publish-all.ts';
import { rotateKey } from '#lib/operations/rotate-key.ts';

/**
 * The command line, on the data folder or the database that the environment names, beside a running server or without
 * one. Exit code 0: done; 1: it did not work; 2: asked wrongly.
 */
const USAGE = `Usage: npm run patchbay -- <command>

  import <folder> [--publish] [--despite-tests] [--despite-texts] [--slug <address>]
                                                   make a project from a folder
  export <project> <folder>                        write a project to a new folder
  key create --project <project> [--name <name>] [--tools <a,b>]
                                                   make an API key; it is printed once
  account <e-mail> [--without-two-factor]          print a link with which that person chooses a new password
  backup <file>                                    copy database and files to one archive
  restore <file>                                   put a backup into an empty DATA_DIR
  audit verify                                     look whether an event of the audit log was changed or taken out
  audit export <file> [--format otlp] [--organization <id>]
                                                   write the audit log to a new file: JSON Lines, or OpenTelemetry
  rotate-key                                       change the key that seals stored secrets, also while servers run
  stdio --project <project> [--url <server>] [--key <key>]
                                                   speak MCP on standard input and output with a running server
                                                   (http://localhost:3000; the key also as PATCHBAY_KEY)
  stdio --project <project> --data <folder>        the same, without a server, on a data folder
  doctor [--project <project>]                     look at what this installation stands on, and play a client
                                                   at the address of a project

In stdio and doctor, <project>@<number> is one of its releases.

It works on the data that DATA_DIR (./data) or DATABASE_URL name, also while the server runs.
`;

const SYSTEM = { type: 'system' } as const;

/** Asked wrongly: shown with the usage. */
class UsageError extends Error {
  override name = 'UsageError';
}

type Command = (args: string[], env: Env) => Promise<void>;

const commands: Record<string, Command> = {
  import: (args, env) => {
    const { values, positionals } = parse(args, 1, {
      publish: { type: 'boolean' },
      'despite-tests': { type: 'boolean' },
      'despite-texts': { type: 'boolean' },
      slug: { type: 'string' },
    });
    return withApp(env, async (app) => {
      const folder = await readDiskFolder(resolve(positionals[0]!));
      const organization = await repository(app.db, SYSTEM).members.defaultOrganization();
      const slug = values['slug'] as string | undefined;
      const project = await importProject(app, SYSTEM, { folder, slug, organizationId: organization.id });
      const workflows = project.workflowCount === 1 ? '1 workflow' : `${project.workflowCount} workflows`;
      say(`Imported "${project.name}" with ${workflows}.`);
      if (values['publish']) {
        const despite = {
          despiteTests: values['despite-tests'] === true,
          despiteTexts: values['despite-texts'] === true,
        };
        for (const { name, version } of await publishAll(app, SYSTEM, project.slug, despite)) {
          say(`Published ${name}, version ${version}.`);
        }
      }
      say(`MCP address: ${project.mcpUrl}`);
    });
  },
  export: (args, env) => {
    const { positionals } = parse(args, 2, {});
    return withApp(env, async (app) => {
      const folder = await exportProject(app, SYSTEM, positionals[0]!);
      await writeDiskFolder(resolve(positionals[1]!), folder);
      say(`Wrote ${folder.size} files to ${positionals[1]}. Secrets of connections are not in them.`);
    });
  },
  key: (args, env) => {
    if (args[0] !== 'create') throw new UsageError('The only command for keys is: key create');
    const { values } = parse(args.slice(1), 0, {
      project: { type: 'string' },
      name: { type: 'string' },
      tools: { type: 'string' },
    });
    const { project, name, tools } = values as Record<string, string | undefined>;
    if (!project) throw new UsageError('key create needs --project <project>');
    return withApp(env, async (app) => {
      const key = await createKey(app, SYSTEM, project, {
        name: name ?? 'Command line',
        tools: tools ? tools.split(',').map((tool) => tool.trim()) : null,
      });
      // Alone on standard output, so that a script can take it.
      process.stdout.write(`${key.secret}\n`);
    });
  },
  account: (args, env) => {
    const { values, positionals } = parse(args, 1, { 'without-two-factor': { type: 'boolean' } });
    return withApp(env, async (app) => {
      const withoutSecond = values['without-two-factor'] === true;
      const { url } = await recoverAccount(app, positionals[0]!, { withoutSecond });
      if (withoutSecond) say('Two-factor is off for this person now.');
      say('Good once, for 30 minutes:');
      process.stdout.write(`${url}\n`);
    });
  },
  backup: (args, env) => {
    const { positionals } = parse(args, 1, {});
    return withApp(env, async (app) => {
      const { bytes, files } = await backup(app, resolve(positionals[0]!));
      say(
        `Wrote ${positionals[0]}: the database and ${files} files, ${(bytes / 1024 / 1024).toFixed(1)} MB.`,
      );
      if (env.encryptionKey === null) {
        say(
          `Keep ${env.dataDir}/encryption.key too, in another place: without it no stored credential opens.`,
        );
      }
    });
  },
  audit: (args, env) => {
    const [what, ...rest] = args;
    if (what === 'verify') {
      parse(rest, 0, {});
      return withApp(env, verifyAudit);
    }
    if (what !== 'export')
      throw new UsageError('The commands for the audit log are: audit verify, audit export');
    const { values, positionals } = parse(rest, 1, {
      format: { type: 'string', default: 'jsonl' },
      organization: { type: 'string' },
    });
    const format = AUDIT_FORMATS.find((known) => known === values['format']);
    if (!format) throw new UsageError('--format is jsonl or otlp');
    return withApp(env, async (app) => {
      const named = values['organization'] as string | undefined;
      const organizationId = named ?? (await repository(app.db, SYSTEM).members.defaultOrganization()).id;
      const file = resolve(positionals[0]!);
      if (existsSync(file)) throw new AppError('conflict', `${file} exists already; name a new file.`);
      const lines = Readable.from(exportAudit(app, SYSTEM, { format, organizationId }));
      await pipeline(lines, createWriteStream(file, { mode: 0o600, flush: true }));
      say(`Wrote ${positionals[0]}.`);
    });
  },
  'rotate-key': (args, env) => {
    parse(args, 0, {});
    return withApp(env, async (app) => {
      const { from, to, keys, values, unopened } = await rotateKey(app, say);
      say(`${values} values and ${keys} keys are sealed anew, under the key ${to}.`);
      if (unopened.length > 0) {
        throw new AppError(
          'conflict',
          `${unopened.length} values could not be opened, and stay as they are: ${unopened.slice(0, 10).join(', ')}. Enter these secrets again, or bring the key they were sealed with, and run this again.`,
        );
      }
      say(oldKeyAdvice(app.vault.masterKeys.file, from));
    });
  },
  doctor: async (args, env) => {
    const { values } = parse(args, 0, { project: { type: 'string' } });
    const project = values['project'] as string | undefined;
    const hops = await checkInstallation(env, async (app) =>
      project === undefined ? [] : (await checkProject(app, project)).filter(isNews),
    );
    process.stdout.write(hops.map(hopText).join(''));
    const bad = hops.filter(({ status }) => status === 'failed').length;
    if (bad > 0)
      throw new AppError('unavailable', bad === 1 ? 'One thing is wrong.' : `${bad} things are wrong.`);
  },
  stdio: (args, env) => {
    const { values } = parse(args, 0, {
      project: { type: 'string' },
      url: { type: 'string', default: env.publicUrl },
      key: { type: 'string' },
      data: { type: 'string' },
    });
    const { project, url, key, data } = values as Record<string, string | undefined>;
    if (!project) throw new UsageError('stdio needs --project <project>');
    return data === undefined
      ? speakWithServer({ project, url: url ?? env.publicUrl, key })
      : speakFromFolder(project, resolve(data));
  },
  restore: async (args, env) => {
    const { positionals } = parse(args, 1, {});
    if (!env.databaseUrl.startsWith('file:')) {
      throw new UsageError(
        'restore is for the data folder. A PostgreSQL database is restored with pg_restore.',
      );
    }
    const { files } = await restore(env.dataDir, resolve(positionals[0]!));
    say(`Restored the database and ${files} files to ${env.dataDir}.`);
    say('Put the encryption key of that server beside it as encryption.key, or set ENCRYPTION_KEY.');
  },
};

/** `address` is that of a project, of a release or of a toolset: `orders`, `orders@12`, `orders/analysis`. */
async function checkProject(app: App, address: string): Promise<Hop[]> {
  const { slug, release, toolset } = readAddress(address) ?? { slug: address };
  return (await checkConnection(app, SYSTEM, slug, { release, toolset })).hops;
}

async function speakWithServer(at: { project: string; url: string; key: string | undefined }): Promise<void> {
  const base = URL.parse(at.url);
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new UsageError('--url is the address of a server: http://localhost:3000');
  }
  const { bridge } = await import('./stdio-bridge.ts');
  await bridge({
    // The MCP address is as good as the server's.
    url: base.pathname === '/' ? new URL(`/mcp/${at.project}`, base).href : base.href,
    key: at.key ?? process.env['PATCHBAY_KEY'],
    input: process.stdin,
    output: process.stdout,
    say,
  });
}

async function speakFromFolder(project: string, folder: string): Promise<void> {
  // Or it would be made, with an empty database in it.
  if (!existsSync(folder)) throw new AppError('not_found', `There is no folder ${folder}.`);
  const { DATABASE_URL: _elsewhere, ...rest } = process.env;
  const { serveLines } = await import('./stdio-direct.ts');
  await withApp(parseEnv({ ...rest, DATA_DIR: folder }), async (app) => {
    if (!(await app.live.get(project))) {
      throw new AppError('not_found', `There is no project "${project}" in ${folder}.`);
    }
    await serveLines(app, project, { input: process.stdin, output: process.stdout });
  });
}

function parse(args: string[], count: number, options: NonNullable<ParseArgsConfig['options']>) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true });
    if (parsed.positionals.length === count) return parsed;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  throw new UsageError(count === 1 ? 'This command takes one name.' : `This command takes ${count} names.`);
}

async function withApp(env: Env, work: (app: App) => Promise<void>): Promise<void> {
  // What goes well is said in words; the log is for a server.
  const app = await createApp({ ...env, logLevel: env.logLevel === 'info' ? 'error' : env.logLevel });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

/** What the check of a project repeats of the installation's is left out. */
function isNews({ id }: Hop): boolean {
  return id !== 'address' && id !== 'reach';
}

function hopText({ status, title, seen, todo }: Hop): string {
  return `${status.padEnd(8)} ${title}: ${seen}\n${todo === null ? '' : `         → ${todo}\n`}`;
}

/** Names the first event of each log that does not fit. Throws where there is one. */
async function verifyAudit(app: App): Promise<void> {
  const checks = await checkAudits(app);
  for (const { organizationId, number, hash, broken } of checks) {
    process.stdout.write(
      broken === null
        ? `ok      ${organizationId}: ${number} events, the last ${hash}\n`
        : `broken  ${organizationId}: no. ${broken} was changed or taken out; the ${number} before it fit\n`,
    );
  }
  const bad = checks.filter(({ broken }) => broken !== null).length;
  if (bad > 0) throw new AppError('conflict', bad === 1 ? 'One log is broken.' : `${bad} logs are broken.`);
}

/** When the old key may go. */
function oldKeyAdvice(file: string | null, from: string | null): string {
  if (file !== null) {
    return `Only backups from before need the older lines of ${file} now. Keep a copy of them with those, and delete them here when you like.`;
  }
  const old = from === null ? 'the old key' : `the old key (${from})`;
  return `Nothing needs ${old} any more but backups from before: take it out of ENCRYPTION_KEY_PREVIOUS at the next restart of each server, and keep a copy with those backups.`;
}

/** To standard error, so that standard output holds results only. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(USAGE);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`There is no command "${name}".`);
    await command(rest, parseEnv(process.env));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      say(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    const known = [AppError, EnvError, EncryptionKeyError].some((kind) => error instanceof kind);
    say(
      known
        ? (error as Error).message
        : `This went wrong: ${error instanceof Error ? error.stack : String(error)}`,
    );
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
