/** A workflow's name is the tool's name: clients cut or refuse anything longer (Cursor: server + tool ≤ 60). */
export const WORKFLOW_NAME = /^[a-z][a-z0-9_]{0,44}$/;

/** A node's key is what expressions name: `steps.fetch_order`. */
export const NODE_KEY = /^[a-z][a-z0-9_]{0,39}$/;
