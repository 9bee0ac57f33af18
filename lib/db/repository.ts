import { apiSourcesOf } from './api-sources.ts';
import { approvalsOf } from './approvals.ts';
import { auditOf } from './audit.ts';
import { backgroundOf } from './background-runs.ts';
import { browserSessionsOf } from './browser-sessions.ts';
import { callRulesOf } from './call-rules.ts';
import { callStatsOf } from './call-stats.ts';
import { callUsageOf } from './call-usage.ts';
import { clientRulesOf } from './client-rules.ts';
import { clientsOf } from './clients.ts';
import { connectedAccountsOf } from './connected-accounts.ts';
import { connectionsOf } from './connections.ts';
import { credentialsOf } from './credentials.ts';
import type { Database } from './database.ts';
import { documentTextsOf } from './document-texts.ts';
import { documentsOf } from './documents.ts';
import { ingestionOf } from './ingestion.ts';
import { invitationsOf } from './invitations.ts';
import { jobsOf } from './jobs.ts';
import { keysOf } from './keys.ts';
import { knowledgeOf } from './knowledge.ts';
import { knowledgeQuestionsOf } from './knowledge-questions.ts';
import { knowledgeSourcesOf } from './knowledge-sources.ts';
import { mcpSessionsOf } from './mcp-sessions.ts';
import { membersOf } from './members.ts';
import { oauthClientsOf } from './oauth-clients.ts';
import { oauthGrantsOf } from './oauth-grants.ts';
import { oauthTokensOf } from './oauth-tokens.ts';
import { offeredOf } from './offered-documents.ts';
import { organizationsOf } from './organizations.ts';
import { passagesOf } from './passages.ts';
import type { Principal } from './principal.ts';
import { projectPeopleOf } from './project-people.ts';
import { projectsOf } from './projects.ts';
import { recordingsOf } from './recordings.ts';
import { releasesOf } from './releases.ts';
import { resourceSubscriptionsOf } from './resource-subscriptions.ts';
import { runFactsOf } from './run-facts.ts';
import { runsOf } from './runs.ts';
import { sealedPlacesOf } from './sealed-places.ts';
import { sealingKeysOf } from './sealing-keys.ts';
import { sharedTemplatesOf } from './shared-templates.ts';
import { ticketsOf } from './sign-in-tickets.ts';
import { singleSignOnOf } from './single-sign-on.ts';
import { storeOf } from './store.ts';
import { streamMessagesOf } from './stream-messages.ts';
import { toolsetsOf } from './toolsets.ts';
import { transfersOf } from './transfers.ts';
import { triggersOf } from './triggers.ts';
import { twoFactorOf } from './two-factor.ts';
import { usageOf } from './usage.ts';
import { vectorBlocksOf } from './vector-blocks.ts';
import { vectorIndexesOf } from './vector-indexes.ts';
import { versionsOf } from './versions.ts';
import { workflowTestsOf } from './workflow-tests.ts';
import { workflowsOf } from './workflows.ts';

export type Repository = ReturnType<typeof repository>;

/**
 * All data, as one principal may see and change it: the only way to it. Every condition is built from the
 * principal here, so a foreign id is an absent one. Cheap to make: groups come into being when they are used.
 */
export function repository(database: Database, principal: Principal) {
  return {
    get projects() {
      return projectsOf(database, principal);
    },
    get workflows() {
      return workflowsOf(database, principal);
    },
    get versions() {
      return versionsOf(database, principal);
    },
    get releases() {
      return releasesOf(database, principal);
    },
    get toolsets() {
      return toolsetsOf(database, principal);
    },
    get clientRules() {
      return clientRulesOf(database, principal);
    },
    get keys() {
      return keysOf(database, principal);
    },
    /** System only. */
    get oauthClients() {
      return oauthClientsOf(database, principal);
    },
    get oauthGrants() {
      return oauthGrantsOf(database, principal);
    },
    /** System only. */
    get oauthTokens() {
      return oauthTokensOf(database, principal);
    },
    get connections() {
      return connectionsOf(database, principal);
    },
    get connectedAccounts() {
      return connectedAccountsOf(database, principal);
    },
    get apiSources() {
      return apiSourcesOf(database, principal);
    },
    get knowledge() {
      return knowledgeOf(database, principal);
    },
    get documents() {
      return documentsOf(database, principal);
    },
    get questions() {
      return knowledgeQuestionsOf(database, principal);
    },
    get documentTexts() {
      return documentTextsOf(database, principal);
    },
    /** System only. */
    get ingestion() {
      return ingestionOf(database, principal);
    },
    get knowledgeSources() {
      return knowledgeSourcesOf(database, principal);
    },
    /** System only. */
    get vectorBlocks() {
      return vectorBlocksOf(database, principal);
    },
    get vectorIndexes() {
      return vectorIndexesOf(database, principal);
    },
    get passages() {
      return passagesOf(database, principal);
    },
    get offered() {
      return offeredOf(database, principal);
    },
    get subscriptions() {
      return resourceSubscriptionsOf(database, principal);
    },
    get sessions() {
      return mcpSessionsOf(database, principal);
    },
    get streamMessages() {
      return streamMessagesOf(database, principal);
    },
    get runs() {
      return runsOf(database, principal);
    },
    get runFacts() {
      return runFactsOf(database, principal);
    },
    get recordings() {
      return recordingsOf(database, principal);
    },
    get tests() {
      return workflowTestsOf(database, principal);
    },
    get triggers() {
      return triggersOf(database, principal);
    },
    get background() {
      return backgroundOf(database, principal);
    },
    get approvals() {
      return approvalsOf(database, principal);
    },
    get callRules() {
      return callRulesOf(database, principal);
    },
    get callUsage() {
      return callUsageOf(database, principal);
    },
    get callStats() {
      return callStatsOf(database, principal);
    },
    get clients() {
      return clientsOf(database, principal);
    },
    get store() {
      return storeOf(database, principal);
    },
    get members() {
      return membersOf(database, principal);
    },
    get browserSessions() {
      return browserSessionsOf(database, principal);
    },
    get credentials() {
      return credentialsOf(database, principal);
    },
    get twoFactor() {
      return twoFactorOf(database, principal);
    },
    get singleSignOn() {
      return singleSignOnOf(database, principal);
    },
    /** System only. */
    get tickets() {
      return ticketsOf(database, principal);
    },
    get organizations() {
      return organizationsOf(database, principal);
    },
    get invitations() {
      return invitationsOf(database, principal);
    },
    get people() {
      return projectPeopleOf(database, principal);
    },
    get sharedTemplates() {
      return sharedTemplatesOf(database, principal);
    },
    get transfers() {
      return transfersOf(database, principal);
    },
    get usage() {
      return usageOf(database, principal);
    },
    get audit() {
      return auditOf(database, principal);
    },
    /** System only. */
    get sealingKeys() {
      return sealingKeysOf(database, principal);
    },
    /** System only. */
    get sealedPlaces() {
      return sealedPlacesOf(database, principal);
    },
    /** System only. */
    get jobs() {
      return jobsOf(database, principal);
    },
  };
}
