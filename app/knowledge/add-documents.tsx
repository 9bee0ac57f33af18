'use client';

import { ClipboardPaste, FolderOpen, Globe, Upload } from 'lucide-react';
import Link from 'next/link';
import { type DragEvent, useId, useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { toast } from '#app/ui/toast.ts';
import { DOCUMENT_ENDINGS, MOST_DOCUMENT_BYTES, READABLE_FORMATS } from '#lib/workflow/document-formats.ts';
import { useBase } from './base-context.tsx';
import { droppedFiles, type PickedFile, pickedFiles } from './dropped-files.ts';
import { PasteDialog } from './paste-dialog.tsx';

/** Takes documents: files, folders and archives that are dropped or chosen, pasted text, pages of the web. */
export function AddDocuments({
  disabled,
  large,
  onFiles,
}: {
  disabled: boolean;
  /** There is nothing yet: it has the page to itself. */
  large: boolean;
  onFiles(files: readonly PickedFile[]): void;
}) {
  const { at } = useBase();
  const [over, setOver] = useState(false);
  const [pasting, setPasting] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const id = useId();

  const take = (picked: readonly PickedFile[]): void => {
    if (picked.length > 0) onFiles(picked);
    else toast('There is no file in it.');
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (disabled) return;
    droppedFiles(event.dataTransfer).then(take, () => toast.error('The folder could not be read.'));
  };
  const limit = MOST_DOCUMENT_BYTES / 1024 / 1024;

  return (
    <section
      aria-label="Add documents"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
      className={classNames(
        'flex items-center gap-x-4 gap-y-3 rounded-md border border-line-strong border-dashed bg-surface px-4 py-3 transition-colors',
        large && 'flex-col py-12 text-center',
        over && 'border-accent bg-accent-soft',
      )}
    >
      <Upload aria-hidden className={classNames('shrink-0 text-faint', large ? 'size-6' : 'size-5')} />
      <div className={classNames('min-w-0', !large && 'flex-1')}>
        <label htmlFor={id} className="font-medium text-14">
          Drop documents here, folders and zip archives too
        </label>
        <p className={classNames('text-12 text-muted', large && 'mx-auto mt-1 max-w-120')}>
          {READABLE_FORMATS}; at most {limit} MB each
        </p>
      </div>
      <input
        ref={files}
        id={id}
        type="file"
        multiple
        accept={[...DOCUMENT_ENDINGS, '.zip'].join(',')}
        className="sr-only"
        tabIndex={-1}
        disabled={disabled}
        onChange={(event) => {
          take(pickedFiles(event.target.files ?? []));
          event.target.value = '';
        }}
      />
      <input
        ref={folder}
        type="file"
        aria-label="A folder of documents"
        className="hidden"
        disabled={disabled}
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          take(pickedFiles(event.target.files ?? []));
          event.target.value = '';
        }}
      />
      <div className="flex shrink-0 flex-wrap gap-2">
        <Button variant="primary" disabled={disabled} onClick={() => files.current?.click()}>
          <Upload /> Choose files
        </Button>
        <Button disabled={disabled} onClick={() => folder.current?.click()}>
          <FolderOpen /> Folder
        </Button>
        <Button disabled={disabled} onClick={() => setPasting(true)}>
          <ClipboardPaste /> Paste text
        </Button>
        {!disabled && (
          <Button asChild>
            <Link href={`${at}/sources?new=website`}>
              <Globe /> From a website
            </Link>
          </Button>
        )}
      </div>
      {pasting && <PasteDialog onClose={() => setPasting(false)} />}
    </section>
  );
}
