import type { Access, ViewerCalls } from '#lib/db/access-mode.ts';
import type { ClientRule } from '#lib/db/client-rules.ts';
import type { LiveSettings } from '#lib/db/live-settings.ts';
import type { Toolset } from '#lib/db/toolsets.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import type { Validate } from '#lib/workflow/validator.ts';

/** A published workflow, ready to answer. Everything here is made once per version. */
export interface LiveWorkflow {
  workflowId: string;
  versionId: string;
  version: number;
  contract: Contract;
  plan: Plan<NodeKind>;
  validateInput: Validate;
  validateOutput: Validate | null;
}

/** What an address serves. */
export interface LiveProject extends LiveSettings {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  /** Told to the model on connect. */
  instructions: string;
  access: Access;
  env: Record<string, string>;
  /** What clients show beside the name: a data: or https: address of an image, or ''. */
  icon: string;
  /** Characters of a tool's result that are sent at once. */
  resultBudget: number;
  /** Release number; 0 when nothing was published. */
  release: number;
  /** The release that its address names; left out where it serves what is live now. */
  pin?: number;
  /** The toolset that its address names: all else here is as it is seen there. */
  toolset?: Pick<Toolset, 'id' | 'name' | 'description'>;
  viewerCalls: ViewerCalls;
  /** For OAuth clients. */
  clientRules: readonly ClientRule[];
  toolsets: readonly Toolset[];
  /** Documents of a knowledge base are resources. */
  offersKnowledge: boolean;
  /** By name, in the order they are listed (by name). */
  workflows: ReadonlyMap<string, LiveWorkflow>;
}
