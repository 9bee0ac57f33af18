import { expect, it } from 'vitest';
import { ApiError, readProblem } from '#app/data/api-error.ts';

it('tells a refusal in the words of the server, with its facts', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Changed meanwhile',
    status: 409,
    detail: 'Somebody saved revision 8.',
    code: 'conflict',
    requestId: 'r1',
    changed: ['fetch'],
  };
  const error = await readProblem(new Response(JSON.stringify(problem), { status: 409 }));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 409,
    code: 'conflict',
    message: 'Somebody saved revision 8.',
    title: 'Changed meanwhile',
    details: { requestId: 'r1', changed: ['fetch'] },
  });
});

it('tells an answer that is no problem document by its status', async () => {
  const error = await readProblem(new Response('<html>Bad gateway</html>', { status: 502 }));
  expect(error).toMatchObject({
    status: 502,
    code: 'unexpected',
    details: { body: '<html>Bad gateway</html>' },
  });
});
