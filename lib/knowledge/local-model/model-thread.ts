import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** Where a model lies. */
export interface ModelFolder {
  /** The folder in which folders of models lie. */
  directory: string;
  /** Its own, below that one. */
  folder: string;
}

export interface ModelRequest {
  id: number;
  texts: readonly string[];
}

export type ModelAnswer = { id: number } & (
  | { vectors: Float32Array[] }
  | { error: string; missing: boolean }
);

/** The package that runs models. It is no dependency: whoever wants local models installs it. */
export const PACKAGE = '@huggingface/transformers';

/** What is used of it. */
interface Transformers {
  env: {
    localModelPath: string;
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    useFSCache?: boolean;
  };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: { local_files_only: boolean; dtype: string },
  ): Promise<Extractor>;
}

type Extractor = (
  texts: readonly string[],
  options: { pooling: string; normalize: boolean },
) => Promise<{ tolist(): number[][] }>;

/** Loads the model of the folder; nothing is fetched from anywhere. */
async function load({
  directory,
  folder,
}: ModelFolder): Promise<(texts: readonly string[]) => Promise<Float32Array[]>> {
  const { env, pipeline } = (await import(PACKAGE)) as Transformers;
  Object.assign(env, {
    ...{ localModelPath: directory, allowRemoteModels: false, allowLocalModels: true, useFSCache: false },
  });
  const extract = await pipeline('feature-extraction', folder, {
    local_files_only: true,
    dtype: dtypeOf(join(directory, folder)),
  });
  const pooling = poolingOf(join(directory, folder));
  return async (texts) => {
    const tensor = await extract(texts, { pooling, normalize: true });
    return tensor.tolist().map((values) => Float32Array.from(values));
  };
}

/** Of the files that are there, that which runs best without a graphics card. */
function dtypeOf(path: string): string {
  const known = {
    model_quantized: 'q8',
    model_int8: 'int8',
    model_q4: 'q4',
    model: 'fp32',
    model_fp16: 'fp16',
  };
  const found = Object.entries(known).find(([name]) => existsSync(join(path, 'onnx', `${name}.onnx`)));
  return found?.[1] ?? 'fp32';
}

/** As Sentence Transformers writes it down; the mean unless said. */
function poolingOf(path: string): string {
  const file = join(path, '1_Pooling', 'config.json');
  if (!existsSync(file)) return 'mean';
  const { pooling_mode_cls_token: first } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return first === true ? 'cls' : 'mean';
}

function failed(error: unknown): { error: string; missing: boolean } {
  const { code, message } = error as NodeJS.ErrnoException;
  const missing = code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(PACKAGE);
  return { error: error instanceof Error ? message : String(error), missing };
}

if (parentPort) {
  const port = parentPort;
  const model = load(workerData as ModelFolder);
  model.catch(() => {});
  port.on('message', async ({ id, texts }: ModelRequest) => {
    let answer: ModelAnswer;
    try {
      answer = { id, vectors: await (await model)(texts) };
    } catch (error) {
      answer = { id, ...failed(error) };
    }
    port.postMessage(answer);
  });
}

/** Of a path; for messages that must not tell where folders lie. */
export function withoutPath(text: string, { directory }: ModelFolder): string {
  return text.replaceAll(directory, '…').replaceAll(dirname(directory), '…');
}
