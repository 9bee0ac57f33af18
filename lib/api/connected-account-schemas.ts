import { z } from '@hono/zod-openapi';

const id = z.uuid();

export const byConnectLink = z.object({ token: z.string().min(1).max(2000) });
export const inAccount = z.object({ account: id });

export const connectView = z
  .object({
    project: z.object({ name: z.string(), slug: z.string() }),
    connection: z.object({ name: z.string(), hosts: z.array(z.string()) }),
    by: z.enum(['provider', 'key']).openapi({
      description: 'provider: the person lets Patchbay in there. key: they enter one.',
    }),
    provider: z.string().nullable().openapi({ description: 'Host name of the provider.' }),
    asksUserName: z.boolean(),
    connected: z.boolean(),
  })
  .openapi('ConnectAccount');

export const accountKey = z
  .strictObject({ userName: z.string().max(1000).optional(), key: z.string().min(1).max(10_000) })
  .openapi('AccountKey');

export const providerPage = z.object({ url: z.string() }).openapi('ProviderPage');

export const connectReturn = z
  .strictObject({
    state: z.string().min(1).max(4000),
    code: z.string().min(1).max(4000).optional(),
    error: z.string().max(200).optional(),
  })
  .openapi('ConnectReturn');

export const connectedTo = z
  .object({
    connection: z.string(),
    project: z.string().nullable().openapi({ description: 'Of an account that a project uses: its slug.' }),
  })
  .openapi('ConnectedTo');

export const accountList = z
  .object({
    items: z.array(
      z.object({
        id,
        connection: z.object({ id, name: z.string() }),
        project: z.object({ slug: z.string(), name: z.string() }),
        preview: z.string(),
        createdAt: z.iso.datetime(),
      }),
    ),
  })
  .openapi('ConnectedAccounts');
