import { crashCampaign } from './crash/campaign.js';

describe('users and auth that are killed at random statements', () => {
  it('[4.8] leave no half account, no name of nobody and no password of nobody', async () => {
    const { deaths, accounts, faults } = await crashCampaign({ seed: 1, points: 12 });
    expect(faults).toEqual([]);
    expect(deaths).toHaveLength(12);
    expect(accounts).toBeGreaterThan(12);
  }, 120_000);
});
