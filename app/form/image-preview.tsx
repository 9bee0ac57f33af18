'use client';

import { useParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useImageFile } from '#app/data/use-image-file.ts';
import type { FileValue } from './file-line.tsx';

const FRAME =
  'mt-1 block max-h-40 max-w-60 rounded-sm border border-line bg-sunken object-contain object-left';

/** A small picture of an image in a text. */
export function ImagePreview({ src, name }: { src: string; name: string }) {
  // biome-ignore lint/performance/noImgElement: it comes out of a value, and there is nothing to scale
  return <img src={src} alt={`Preview of ${name}`} className={FRAME} />;
}

/** A small picture of an image file, fetched when it comes into sight. Nothing where no project is around. */
export function FileImagePreview({ file }: { file: FileValue }) {
  const { project } = useParams<{ project?: string }>();
  const frame = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  if (project === undefined) return null;
  return (
    <span ref={frame} className="block">
      {seen && <Fetched project={project} file={file} />}
    </span>
  );
}

function Fetched({ project, file }: { project: string; file: FileValue }) {
  const { data: image } = useImageFile(project, file.file);
  const [src, setSrc] = useState<string | null>(null);
  useEffect(() => {
    if (!image) return;
    const address = URL.createObjectURL(image);
    setSrc(address);
    return () => {
      setSrc(null);
      URL.revokeObjectURL(address);
    };
  }, [image]);
  return src !== null && <ImagePreview src={src} name={file.name} />;
}
