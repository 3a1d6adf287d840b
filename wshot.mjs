import { chromium } from 'playwright-core'; import { readFileSync, mkdirSync } from 'node:fs';
const args = JSON.parse(readFileSync('tools/chromium-flags.json','utf8'));
mkdirSync('/tmp/shots',{recursive:true});
const b = await chromium.launch({executablePath:'/usr/bin/chromium', args});
const TEXT = {ko: '옛날 옛적 어느 마을에 나무꾼이 살았어요. 나무꾼은 날마다 산에 올라 나무를 했어요. '.repeat(60), de: 'Es war einmal ein König, der hatte eine Tochter. Die Tochter saß am Brunnen und spielte. '.repeat(60)};
for (const lang of ['ko','de']) for (const [w,h,scheme] of [[1440,900,'light'],[1440,900,'dark'],[360,740,'light'],[360,740,'dark'],[320,740,'light']]) {
  const p = await b.newPage({viewport:{width:w,height:h}, colorScheme: scheme, locale:'en-US'});
  p.on('console', m=>console.log('console', m.text())); p.on('pageerror', e=>console.log('error', e.message));
  await p.goto(`http://localhost:8799/?lang=${lang}`); await p.locator('.controls button').first().waitFor();
  await p.waitForTimeout(1500);
  await p.screenshot({path:`/tmp/shots/${lang}-${w}-${scheme}-start.png`});
  await p.locator('#training-text').fill(TEXT[lang]);
  await p.goto(`http://localhost:8799/?lang=${lang}#details`); await p.waitForTimeout(500);
  await p.locator('input[value=quick]').check(); 
  await p.locator('details').filter({has: p.locator('#train-max_steps')}).count();
  await p.goto(`http://localhost:8799/?lang=${lang}#write`); 
  await p.locator('.controls button.primary').click(); await p.waitForTimeout(6000);
  await p.screenshot({path:`/tmp/shots/${lang}-${w}-${scheme}-train.png`});
  await p.locator('.controls button').nth(1).click(); await p.waitForTimeout(800);
  for (const panel of ['write','inside','runs','export','details']) {
    await p.evaluate((x)=>location.hash=x, panel); await p.waitForTimeout(400);
    for (let i=0;i<12;i++){ const s=p.locator('.panels details:not([open]) > summary:visible'); if (await s.count()===0) break; await s.first().click(); await p.waitForTimeout(150);} 
    await p.waitForTimeout(1200);
    const over = await p.evaluate(()=>document.documentElement.scrollWidth-document.documentElement.clientWidth);
    if (over>0) console.log('OVERFLOW', lang,w,panel,over);
    if (scheme==='light' && w!==360) await p.screenshot({path:`/tmp/shots/${lang}-${w}-${scheme}-${panel}.png`, fullPage:true});
  }
  await p.close();
}
await b.close();
