import { parentPort } from 'node:worker_threads';
import { type ApiTask, doApiTask } from './api-task.ts';

/** The thread that `createApiReader` starts: one task, whose answer is JSON, which is read faster than a copy is made. */
parentPort?.once('message', (task: ApiTask) => parentPort?.postMessage(JSON.stringify(doApiTask(task))));
