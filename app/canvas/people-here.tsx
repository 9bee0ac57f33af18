'use client';
import { useCanvas } from './canvas-context.tsx';
import { useCanvasSession, useLive } from './session-context.tsx';
import { findNode } from './system/graph.ts';
import { colourOf, eachOnce, initials, nameOf, type Person } from './system/people.ts';

/** People who are shown one by one; the others are counted. */
const MOST = 4;

const NOBODY: readonly Person[] = [];

const EDGES = [
  'border-group-do',
  'border-group-shape',
  'border-group-flow',
  'border-group-client',
  'border-group-start-end',
] as const;

const OUTLINES = [
  'outline-group-do',
  'outline-group-shape',
  'outline-group-flow',
  'outline-group-client',
  'outline-group-start-end',
] as const;

const FACE =
  'grid size-6 shrink-0 place-items-center rounded-full border-2 bg-raised font-semibold text-[10px] text-ink leading-none';

/** Who else has the workflow open. Whoever is at a step can be gone to. */
export function PeopleHere() {
  const people = eachOnce(useLive((state) => state.others));
  if (people.length === 0) return null;
  const more = people.slice(MOST);
  return (
    <ul className="flex items-center -space-x-1" aria-label="Also here">
      {people.slice(0, MOST).map((person) => (
        <li key={person.userId}>
          <Face person={person} />
        </li>
      ))}
      {more.length > 0 && (
        <li className={`${FACE} border-line-strong`} title={more.map(nameOf).join('\n')}>
          +{more.length}
        </li>
      )}
    </ul>
  );
}

function Face({ person }: { person: Person }) {
  const { session } = useCanvasSession();
  const at = useCanvas((state) =>
    person.selected === null ? undefined : findNode(state.document, person.selected)?.key,
  );
  const style = `${FACE} ${EDGES[colourOf(person, EDGES.length)]}`;
  if (at === undefined || person.selected === null) {
    return (
      <span role="img" aria-label={nameOf(person)} title={nameOf(person)} className={style}>
        {initials(person.name)}
      </span>
    );
  }
  const { selected } = person;
  const words = `${nameOf(person)}, at ${at}`;
  return (
    <button
      type="button"
      className={`${style} hover:bg-hover`}
      aria-label={`${words}. Go there`}
      title={words}
      onClick={() => session.canvas.getState().select([selected])}
    >
      {initials(person.name)}
    </button>
  );
}

/** On a card: who has the step selected. */
export function PeopleAtStep({ id }: { id: string }) {
  // Cards at which nobody is are not drawn again for those who are elsewhere.
  const others = useLive((state) =>
    state.others.some(({ selected }) => selected === id) ? state.others : NOBODY,
  );
  const here = eachOnce(others.filter(({ selected }) => selected === id));
  const [first] = here;
  if (!first) return null;
  return (
    <>
      <span
        aria-hidden
        className={`pointer-events-none absolute -inset-[3px] rounded-[9px] outline-2 ${OUTLINES[colourOf(first, OUTLINES.length)]}`}
      />
      <span className="pointer-events-none absolute -top-3 right-2 flex -space-x-1">
        {here.slice(0, 3).map((person) => (
          <span
            key={person.userId}
            role="img"
            aria-label={`${nameOf(person)} is here`}
            className={`${FACE} size-5 text-[9px] ${EDGES[colourOf(person, EDGES.length)]}`}
          >
            {initials(person.name)}
          </span>
        ))}
      </span>
    </>
  );
}
