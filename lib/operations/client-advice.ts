/** Every way in which a request of a client goes wrong. */
export type RequestFailure =
  | 'no_key'
  | 'wrong_key'
  | 'sign_in'
  | 'token_ended'
  | 'not_granted'
  | 'wrong_name'
  | 'wrong_origin'
  | 'key_in_address'
  | 'session_unknown'
  | 'no_release'
  | 'no_stream'
  | 'too_slow'
  | 'too_large'
  | 'not_json'
  | 'too_many'
  | 'busy'
  | 'headers_differ'
  | 'client_lacks'
  | 'wrong_version'
  | 'unknown_method'
  | 'unknown_tool'
  | 'bad_arguments'
  | 'bad_message'
  | 'tool_failed'
  | 'gone'
  | 'internal';

interface Advice {
  /** What happened, as a sentence. */
  what: string;
  /** What to do about it; null where nothing is wrong with that. */
  todo: string | null;
}

const ADVICE: Record<RequestFailure, Advice> = {
  no_key: {
    what: 'It sent no key.',
    todo: 'Give the client a key of this project as the header Authorization: Bearer pbk_…. If it is set there, something in between takes the header away: check the connection.',
  },
  wrong_key: {
    what: 'It sent a key that is not good here: mistyped, revoked, expired, or of another project.',
    todo: 'Make a key under API keys, and put it into the client in place of the old one.',
  },
  sign_in: {
    what: 'It was told where to sign in: every client that signs in comes this way first.',
    todo: 'Sign in in the window that the client opens. If it opens none, look for Connect or Authenticate in it, or give it an API key.',
  },
  token_ended: {
    what: 'The sign-in that it sent is not good here: it ended, was taken back, or is for another address.',
    todo: 'Most clients renew it, or ask to sign in again, by themselves. Connect the client anew when it does not.',
  },
  not_granted: {
    what: 'The person granted it less than this needs. It was told what to ask for.',
    todo: 'Connect the client anew, and allow more.',
  },
  wrong_name: {
    what: 'It came under a host name that is not the one of PUBLIC_URL.',
    todo: 'Use the address shown on this page, or set PUBLIC_URL to the one in use. A proxy must pass the Host header on.',
  },
  wrong_origin: {
    what: 'A page of another site called.',
    todo: 'Browsers may call from the address of PUBLIC_URL only. A client that is a web page needs a server of its own in between.',
  },
  key_in_address: {
    what: 'It carried a key in the address, where every log keeps it.',
    todo: 'Revoke that key, and send a new one as the header Authorization: Bearer.',
  },
  session_unknown: {
    what: 'Its session is no longer good.',
    todo: 'Most clients begin a new one by themselves. Restart the client when it does not.',
  },
  no_release: {
    what: 'Its address names a release that there is not.',
    todo: 'Choose one of the releases beside the address on this page, or leave out the @ and what follows for the latest.',
  },
  no_stream: {
    what: 'It asked with a method that is not served; many clients try, and go on without.',
    todo: null,
  },
  too_slow: {
    what: 'Its message took too long to arrive.',
    todo: 'Look at the network of the client, and at a proxy that holds requests back.',
  },
  too_large: {
    what: 'Its message was larger than 1 MiB.',
    todo: 'Let the tool take less at once: an address of a file in place of the file.',
  },
  not_json: {
    what: 'It sent something that is not JSON.',
    todo: 'This is the address for MCP clients; a browser or a form is of no use here.',
  },
  too_many: {
    what: 'It had more calls under way than one key or project may.',
    todo: 'The client may try again in a moment. Give clients keys of their own, so that they do not share the limit.',
  },
  busy: {
    what: 'The server was busy or shutting down.',
    todo: 'The client may try again in a moment. If it happens often, run more replicas.',
  },
  headers_differ: {
    what: 'Its headers and its message disagreed.',
    todo: 'A proxy that removes or changes Mcp-* headers does this: check the connection. Otherwise update the client.',
  },
  client_lacks: {
    what: 'The tool asks the client for something that it cannot do.',
    todo: 'Use a client with that ability, or a step that asks over a link.',
  },
  wrong_version: {
    what: 'It speaks a revision of the protocol that is not served.',
    todo: 'Update the client.',
  },
  unknown_method: {
    what: 'It asked for something this server does not offer; clients ask, and go on without.',
    todo: null,
  },
  unknown_tool: {
    what: 'It asked for a name that is not published, or that its key may not use.',
    todo: 'Clients keep lists: reconnect it to fetch the new one. Look whether the workflow is live and the key allows it.',
  },
  bad_arguments: {
    what: 'The arguments did not fit the schema of the tool.',
    todo: 'The model was told and can mend them. If it keeps failing, say more in the descriptions of the parameters.',
  },
  bad_message: {
    what: 'Its message was not a valid MCP message.',
    todo: 'Update the client, or report it to its makers.',
  },
  tool_failed: {
    what: 'The workflow failed.',
    todo: 'Open the run to see which step, and why.',
  },
  gone: {
    what: 'It went away before the answer was there.',
    todo: 'Clients and proxies give up after 10 to 300 seconds. Make the workflow faster, let it report progress, or raise the time-out of the client.',
  },
  internal: {
    what: 'Something went wrong in the server.',
    todo: 'Look for the request id in the log of the server.',
  },
};

/** A failure in words. */
export function adviceOn(failure: RequestFailure): Advice {
  return ADVICE[failure];
}
