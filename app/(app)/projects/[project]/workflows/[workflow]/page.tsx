import { OpenedWorkflow } from '#app/canvas/opened-workflow.tsx';

interface Props {
  params: Promise<{ project: string; workflow: string }>;
}

/** The canvas of one workflow. */
export default async function WorkflowPage({ params }: Props) {
  const { project, workflow } = await params;
  return <OpenedWorkflow key={workflow} project={project} workflow={workflow} />;
}
