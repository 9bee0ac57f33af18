import { openDatabase } from '#lib/db/client.ts';

/** Opens the database given as the argument, and ends. Run several at once. */
const database = await openDatabase(process.argv[2] ?? '');
await database.ping();
await database.close();
