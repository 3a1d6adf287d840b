// The page in Korean (해요체). Buttons that sentences name are written as they are labeled.

import { formatsIn, type Formats } from '../../engine/format.ts';
import type { Words } from './words.ts';

const base = formatsIn('ko', {
  byte: { other: '#바이트' },
  seconds: '#초',
  minutes: '#분',
  hours: '#시간',
  lessThanASecond: '1초 미만',
  aFewSeconds: '몇 초',
  about: '약 #',
  percent: '#%',
  lessThan: '# 미만',
  below: '# 미만',
  above: '# 초과',
});

/** 만 (ten thousand) is the unit of large numbers: 33,000 is "3.3만". */
const tenThousands = new Intl.NumberFormat('ko', { notation: 'compact', maximumFractionDigits: 1 });
const format: Formats = {
  ...base,
  parameters: (count) => ((count ?? 0) >= 10_000 ? tenThousands.format(count!) : base.count(count)),
};

const HEADERS =
  '“Cross-Origin-Opener-Policy: same-origin”과 “Cross-Origin-Embedder-Policy: require-corp” 헤더';

const words: Words = {
  format,
  language: {
    label: '언어',
    failed: '언어를 불러오지 못했어요. 연결을 확인하고 다시 시도해 주세요.',
  },
  page: {
    tagline: '작은 언어 모델에게 내 글처럼 쓰는 법을 가르쳐 보세요.',
    private: '아무것도 이 기기 밖으로 나가지 않아요.',
    panels: '패널',
    lost: '작업자(worker)가 방금 멈췄어요. 다시 시도해 주세요.',
    trainFirst: '먼저 모델을 학습하거나 열어 주세요.',
    copied: '복사했어요.',
    notCopied: '이 브라우저는 페이지가 복사하는 것을 막고 있어요. 아래 글을 직접 복사해 주세요.',
  },
  panels: {
    write: '쓰기',
    inside: '들여다보기',
    runs: '학습 기록',
    export: '내보내기',
    details: '자세히',
  },
  cards: {
    nextToken: '다음 토큰',
    attention: '어텐션(attention)',
    embeddings: '임베딩',
    cacheRace: 'KV 캐시 경주',
    model: '모델',
    tokens: '토큰',
    runs: '학습 기록',
    compare: '학습 기록 비교',
    recipe: '레시피',
    benchmark: '벤치마크',
  },

  text: {
    card: '내 글',
    title: '학습할 글',
    reading: '읽는 중 …',
    placeholder: '여기에 글을 붙여 넣거나 파일을 끌어다 놓으세요. 몇 쪽이면 시작할 수 있어요.',
    locked: '지금 이 글로 학습하고 있어요. 글을 바꾸려면 먼저 학습을 중지하세요.',
    preview: (bytes, name) =>
      `앞부분만 보여 드려요. 학습에는 “${name}”의 ${format.bytes(bytes)}를 모두 써요.`,
    inParts:
      '모델은 이 글처럼 쓰는 법을 배워요. 입력이 느려지지 않도록 글을 나누어 보여 주지만, 학습에는 전체를 써요.',
    help: '모델은 이 글처럼 쓰는 법을 배워요. 어떤 언어든 좋고, 글이 길수록 좋아요.',
    replaced: '글을 바꿨어요.',
    restored: '글을 되돌렸어요.',
    undo: '실행 취소',
    redo: '다시 실행',
    asIs: '파일을 있는 그대로 쓰기',
    clear: '지우기',
    example: '예시 글',
    own: '직접 쓴 글',
    open: '파일 열기',
    file: '글 파일',
    excerpt: '미리 보기:',
    encoding: '파일의 인코딩',
    parts: '글의 부분',
    previousPart: '이전 부분',
    nextPart: '다음 부분',
    part: (part, parts) => `${parts}부분 중 ${part}번째`,
    typed: '직접 쓴 글',
    pasted: '붙여 넣은 글',
    files: (n) => `파일 ${format.count(n)}개`,
    empty: (name) => `“${name}” 파일이 비어 있어요.`,
    notRead: (name, why) => `“${name}” 파일을 읽지 못했어요: ${why}`,
    fileTooLarge: (name, bytes, most) =>
      `“${name}” 파일은 ${format.bytes(bytes)}인데 메모리에는 ${format.bytes(most)}까지만 들어가요. 글의 일부만 써 주세요.`,
    filesTooLarge: (files, bytes, most) =>
      `파일 ${format.count(files)}개를 합치면 ${format.bytes(bytes)}인데 메모리에는 ${format.bytes(most)}까지만 들어가요. 글의 일부만 써 주세요.`,
    tooManyFiles: (most) => `파일을 ${format.count(most)}개 넘게 놓으셨어요. 더 적게 놓아 주세요.`,
    noFiles: (names) => `“${names.join('”, “')}” 안에 파일이 없어요.`,
    inUse: '지금 이 글로 학습하고 있어요. 먼저 학습을 중지한 다음 파일을 다시 놓아 주세요.',
    modelAlone: '모델은 다른 파일 없이 하나만 놓아 주세요.',
    exampleFailed: (name, status) => `예시 글 “${name}” 파일을 가져오지 못했어요(${status}).`,
  },
  examples: {
    'moby-dick': '모비 딕, 영어 소설',
    sonnets: '소네트, 영어 시',
    'rights-ko': '세계 인권 선언, 한국어',
    'rights-de': '세계 인권 선언, 독일어',
    code: 'TypeScript, 프로그램 코드',
    names: '영어 이름, 한 줄에 하나',
  },
  exampleSources: {
    title: '예시 글의 출처',
    'moby-dick': '허먼 멜빌, 1851년. 저작권이 소멸된 글이에요',
    sonnets: '윌리엄 셰익스피어, 1609년. 저작권이 소멸된 글이에요',
    'rights-ko': '세계 인권 선언, 유엔, 1948년',
    'rights-de': '세계 인권 선언, 유엔, 1948년',
    code: '이 프로그램의 엔진',
    names: '영어 이름. 누구나 자유롭게 쓸 수 있어요',
    made: (made) => `만든 재료: ${made}`,
  },

  run: {
    controls: '학습 조작',
    train: '학습 시작',
    pause: '일시 정지',
    resume: '이어서 학습',
    stop: '중지',
    finetune: '이 글로 파인튜닝',
    done: '끝난 스텝',
    step: '스텝',
    of: (step, steps) => `${format.count(step)} / ${format.count(steps)}`,
    timeLeft: '남은 시간',
    savedAt: (step) => `스텝 ${format.count(step)}에서 저장됨`,
    preset: (label) => `프리셋: ${label}`,
    ownOptions: '직접 고른 옵션',
    change: '바꾸기',
    sampleOptions: (problem) => `실시간 샘플은 “글 생성”의 옵션을 써요: ${problem}`,
    wait: (status) => `이 작업이 끝날 때까지 기다려 주세요: ${status}`,
    underWay: '학습이 진행 중이에요. 먼저 중지해 주세요.',
  },
  guide: {
    open: '안내 따라 해 보기',
    title: '따라 하기',
    of: (step, steps) => `${steps}단계 중 ${step}단계.`,
    show: '보러 가기',
    back: '이전',
    next: '다음',
    print: '모든 단계 인쇄',
    close: '닫기',
    steps: {
      text: {
        say: '언어 모델은 글에서 배워요. 다른 것에서는 아무것도 배우지 않아요.',
        press: '예시 글을 고르거나 내 글을 붙여 넣어 보세요.',
      },
      train: {
        say: '처음에는 모델이 단어를 하나도 몰라요.',
        press: '“학습 시작”을 눌러 보세요.',
      },
      sample: {
        say: '몇 초마다 새 글을 써요. 처음에는 글자, 그다음에는 단어, 그다음에는 구절이 나와요.',
        press: '샘플을 읽으면서 진짜 단어가 나올 때까지 기다려 보세요.',
      },
      timeline: {
        say: '아무도 맞춤법을 가르쳐 주지 않았어요. 모델이 글에서 스스로 찾아냈어요.',
        press: '샘플 아래의 막대를 왼쪽으로 옮겨서 전에는 어떻게 썼는지 보세요.',
      },
      prompt: {
        say: '여러분이 쓴 첫머리도 이어 쓸 수 있어요.',
        press: '몇 마디를 쓰고 “생성”을 눌러 보세요.',
      },
      next: {
        say: '모델은 토큰을 하나씩 써요. 다음에 올 수 있는 모든 토큰에 확률이 있어요.',
        press: '첫머리를 쓰고 막대를 살펴본 다음, 온도를 바꿔 보세요.',
      },
      attention: {
        say: '다음 토큰을 찾으려고 모델은 앞의 토큰들을 돌아봐요.',
        press: '토큰을 가리켜서 어디를 보는지 살펴보세요.',
      },
    },
  },
  classLink: {
    title: '수업용 링크',
    help: '고른 예시 글과 옵션과 패널로 이 페이지를 여는 링크예요. 모델은 저마다 자기 것을 학습시켜요.',
    ownText: '내 글은 링크에 들어가지 않아요. 링크는 대신 소설을 열어요.',
    panel: '패널',
    guide: '따라 하기도 함께 열기',
    noText: (name, all) => `예시 글 “${name}”은(는) 없어요. ${all.join(', ')} 중에서 고르세요.`,
    noPreset: (name, all) => `프리셋 “${name}”은(는) 없어요. ${all.join(', ')} 중에서 고르세요.`,
  },
  status: {
    preparing: '준비하는 중 …',
    learning: (share) => `어휘를 배우는 중 … ${format.percent(share)}`,
    weights: '가중치를 바꾸는 중 …',
    opening: (name) => `“${name}” 여는 중 …`,
    openingRun: '학습 기록을 여는 중 …',
    recovering: '모델을 복구하는 중 …',
    opened: '모델을 열었어요. “쓰기”에서 프롬프트를 입력해 보세요.',
    ready: '준비됐어요. 학습 시작을 누르세요.',
    running: '학습 중: 뒤죽박죽이던 글이 글자가 되고, 단어가 돼요.',
    paused: (step) => `스텝 ${format.count(step)}에서 일시 정지했어요.`,
    stopped: (step) =>
      `스텝 ${format.count(step)}에서 중지했어요. 이어서 학습은 이 모델로 계속하고, 학습 시작은 새 모델을 만들어요.`,
    failed: '학습에 실패했어요.',
    failedKept: (step, resumable) =>
      `학습에 실패했어요. 스텝 ${format.count(step)}의 가중치는 남아 있어요. 이 가중치로 글을 생성하거나 저장할 수 있고, ${resumable ? '“이어서 학습”' : '“이 글로 파인튜닝”'} 버튼으로 계속할 수 있어요.`,
    done: (steps) =>
      `완료: ${format.count(steps)}스텝을 모두 마쳤어요. “쓰기”에서 모델에게 프롬프트를 주세요.`,
    doneBest: (steps, best, last) =>
      `완료: ${format.count(steps)}스텝을 모두 마쳤어요. 검증 손실은 스텝 ${format.count(best)}에서 가장 낮았고, ${inUse(last)}.`,
    stoppedEarly: (best, last) =>
      `일찍 끝냈어요: 스텝 ${format.count(best)} 이후로 나아지지 않았고, ${inUse(last)}.`,
  },
  title: {
    preparing: '준비하는 중 …',
    paused: (share) => `${share}에서 일시 정지`,
    stopped: (share) => `${share}에서 중지`,
    stoppedEarly: (share) => `${share}에서 일찍 끝남`,
    done: '완료',
    failed: '실패',
  },
  runNotes: {
    validationShort: (part, seq_len) =>
      `문맥이 ${seq_len}일 때 토큰 ${part}개를 검증용으로 떼어 두기에는 글이 너무 짧아요. 그래서 전체로 학습하고 검증 손실은 표시하지 않아요.`,
    warmup: (warmup_steps, max_steps) =>
      `학습이 끝날 때(max_steps ${max_steps})까지 웜업(warmup_steps ${warmup_steps})이 끝나지 않아서, 학습률이 오르기만 하고 내려가지 않아요.`,
    noLearningRate: '학습률(lr)이 0이라서 모델이 아무것도 배우지 못해요.',
    onlyMuonLearns:
      '학습률(lr)이 0이라서 임베딩과 정규화(norm)는 아무것도 배우지 못하고, Muon이 맡은 행렬만 배워요.',
    muonLearnsNothing: 'Muon의 학습률(muon_lr)이 0이라서 레이어 안의 행렬이 아무것도 배우지 못해요.',
    neverDecays:
      '감쇠 구간(decay_fraction)이 0이라서 학습률이 내려가지 않고, 손실이 더 낮아질 수 있는데도 높게 끝나요.',
    constantLearningRate: (lr, muon) =>
      `최종 학습률이 학습률과 같아서(min_lr과 lr이 ${lr}) 학습률이 내려가지 않고${muon ? '(Muon의 학습률도 마찬가지예요)' : ''}, 손실이 더 낮아질 수 있는데도 높게 끝나요.`,
    weightDecay: (lr, weight_decay) =>
      `lr(${lr})과 weight_decay(${weight_decay})를 곱하면 1 이상이라서, 스텝마다 그전에 배운 것을 모두 버려요. 둘 중 하나를 낮추세요.`,
    validationMissing:
      '검증용으로 떼어 둔 글이 없어서(val_fraction 0), 모델이 글을 외우는지 알 수 없고 인내(patience)로 일찍 끝낼 수도 없어요.',
    validationRare: (why, patience) =>
      `검증은 끝에서만 해요(${why})${patience ? '. 그래서 인내(patience)로 일찍 끝낼 수 없어요' : ''}.`,
    patienceTooLong: (patience, eval_every, max_steps) =>
      `인내(patience ${patience})로는 일찍 끝낼 수 없어요. 손실이 나아지지 않는 검증이 ${patience}번 이어져야 하는데, ${eval_every}스텝마다(eval_every) 한 번씩으로는 ${max_steps}스텝(max_steps) 안에 그만큼 검증할 수 없어요.`,
    stopAtStep: (max_steps, stop_at_step) =>
      `학습은 ${max_steps}스텝(max_steps)뿐이라 스텝 ${stop_at_step}(stop_at_step)에 이르지 못해요.`,
    sampleEvery: (max_steps, sample_every) =>
      `학습은 ${max_steps}스텝(max_steps)뿐이라 ${sample_every}스텝마다(sample_every) 나올 샘플이 하나도 나오지 않아요.`,
  },
  notes: {
    threads: (from, to, ms_before, ms_now) =>
      `이제 스레드 ${to}개로 학습해요. 한 스텝에 ${ms_now}ms가 걸려요(스레드 ${from}개일 때는 ${ms_before}ms).${to < from ? ' 컴퓨터가 바쁘거나 속도가 제한되어 있어요.' : ''} 다른 개수도 가끔 다시 시험해요.`,
    notKept:
      '비공개 창에서처럼, 이 브라우저는 이 페이지의 데이터를 보관하지 않아요. 탭을 닫기 전에 모델을 파일로 저장하세요.',
    fixed: (label, name, value) =>
      `이 모델의 ${label}(${name}) 값은 ${value}예요. 이어서 학습하려면 값을 되돌리고, 새 모델을 만들려면 학습 시작을 누르세요.`,
    sameRecipe: '옵션과 글이 링크에 담긴 학습과 같아요.',
    recipe: (bytes, hash, sameLength) =>
      `옵션은 링크에 담긴 학습의 것이에요. 그 학습은 ${format.bytes(bytes)} 길이의 글(SHA-256 ${hash})로 했어요${sameLength ? '.' : '. 지금 글은 길이가 달라요.'}`,
    badLink: (why) => `이 페이지 주소에 담긴 옵션을 쓸 수 없어요. ${why}`,
  },
  messages: {
    notSaved: (why) => `학습 기록을 저장하지 못했어요: ${why}`,
    earlierSave: '그 전에 저장한 것이 있다면 그대로 남아 있어요.',
    saveToFile: '모델을 파일로 저장',
    previous: (step, bytes) =>
      `이전 모델(스텝 ${format.count(step)}, ${format.bytes(bytes)})이 저장되지 않았어요.`,
    saveNow: '지금 저장',
    longer: '더 학습하기',
    by: '추가로',
    moreSteps: '스텝',
    numberOfSteps: '스텝 수',
  },
  update: {
    ready: 'mini-llm의 새 버전이 준비됐어요.',
    use: '지금 쓰기',
    later: '학습이 끝나면 쓸 수 있어요.',
    others: '먼저 mini-llm이 열린 다른 탭을 닫아 주세요. 그 탭에서는 아직 이전 버전이 돌아가고 있어요.',
  },
  weights: {
    legend: '생성하고 저장할 때 쓸 가중치',
    best: '검증 손실이 가장 낮을 때',
    bestHelp: '처음 보는 글을 가장 잘 예측해요',
    last: '마지막 스텝',
    lastHelp: '더 매끄럽지만, 글을 그대로 옮길 수 있어요',
    step: (label, step) => `${label}(스텝 ${format.count(step)})`,
  },
  opened: {
    model: (name, parameters, seq_len) =>
      `“${name}”: 파라미터 ${format.parameters(parameters)}개, 문맥 ${format.count(seq_len)}`,
    trained: (steps) => `, ${format.count(steps)}스텝 학습`,
    loss: (loss) => `, 검증 손실 ${format.loss(loss)}`,
    resume: '이어서 학습은 같은 글로 학습을 계속해요. 스텝 수, 학습률 같은 옵션은 바꿀 수 있어요.',
    longer: '정해진 스텝을 모두 마쳤어요. “더 학습하기”로 같은 글을 더 학습할 수 있어요.',
    finetune: '“이 글로 파인튜닝”은 다른 글로 학습해요.',
    theModel: '모델',
    withAdapter: (base, adapter) => `${base} + ${adapter}`,
    afterStep: (step) => `스텝 ${format.count(step)} 뒤의 모델`,
    failed: (name, why) => `“${name}” 파일을 열지 못했어요. ${why}`,
    tooLarge: (name, bytes, most) =>
      `“${name}” 파일은 ${format.bytes(bytes)}예요. 이 페이지는 ${format.bytes(most)} 이하인 모델만 열 수 있어요.`,
  },

  sample: {
    title: '샘플',
    now: '지금',
    nowAt: (label) => `지금, ${label}`,
    earlier: '이전 샘플',
    first: '첫 스텝 전',
    after: (step) => `스텝 ${format.count(step)} 뒤`,
    blank: '아직은 빈 줄뿐이에요.',
    empty:
      '학습 시작을 누르세요. 모델이 지금까지 배운 만큼 몇 초마다 여기에 글을 써요. 처음에는 뒤죽박죽이다가, 글자가 되고, 단어가 돼요.',
    timeline: '타임라인',
    play: '재생',
    stopPlaying: '재생 멈추기',
    show: '보여 줄 샘플',
    save: '저장',
    saveAll: '샘플 저장',
    fileTitle: 'mini-llm이 한 번의 학습에서 쓴 샘플. 프롬프트와 시드는 모두 같습니다',
  },
  plainWords: {
    guesses: '아직은 찍고 있어요. 글을 너무 조금밖에 보지 못했어요.',
    noWords: '아직 단어를 쓰지 못해요.',
    quotes: (share) => `글을 그대로 옮기기 시작했어요. 이 샘플의 ${share}가 베낀 부분이에요.`,
    letters: (share) => `글자를 이어 붙이고 있어요. 쓴 단어 가운데 ${share}가 글에 나와요.`,
    words: (share) => `단어를 써요. 그 가운데 ${share}가 글에 나오지만, 나란히 이어진 것은 드물어요.`,
    phrases: (share) => `구절을 써요. 나란히 놓인 두 단어의 ${share}가 학습한 글에도 있어요.`,
    choices: (count) => `다음 바이트의 후보를 256개에서 ${count}개까지 좁혀요.`,
    overfits: (step, worse) =>
      `과적합(overfitting)이에요. 처음 보는 글에서는 스텝 ${step}에서 가장 좋았고, 지금은 ${worse} 나빠졌어요. 여기서 멈추고, 더 긴 글이나 더 작은 프리셋을 써 보세요.`,
  },
  write: {
    title: '글 생성',
    prompt: '프롬프트',
    generate: '생성',
    cancel: '취소',
    hint: '모델이 이 글에 이어서 써요. 비워 두면 새 줄에서 시작해요.',
    pauses: '지금까지 배운 모델로 생성해요. 그동안 학습은 잠시 멈춰요.',
    look: '들여다보기: 왜 이 말을 썼을까요?',
    more: '옵션 더 보기',
    generated: '생성한 글',
    speed: (tokens, rate) => `토큰 ${format.count(tokens)}개 · 초당 ${format.rate(rate)}개`,
    complete: () => '글을 다 썼어요.',
    canceled: () => '생성을 취소했어요.',
    cutOff: () => '글이 도중에 끊겼어요.',
    replaced: '글을 쓰던 모델이 다른 모델로 바뀌어서 여기서 끝나요.',
    seed: '이 글의 시드:',
    freshSeed: '생성할 때마다 새 시드를 써요.',
    keepSeed: '이 시드를 다시 쓰기',
    fieldSeed: '생성할 때 “시드” 칸의 값을 써요.',
    renewSeed: '매번 새 시드 쓰기',
    empty: '모델이 생성하는 글이 여기에 나타나요.',
    sample: (n) => `샘플 ${n}`,
    promptTooLong: (tokens, seq_len) =>
      `프롬프트는 토큰 ${format.count(tokens)}개인데 모델은 한 번에 ${format.count(seq_len)}개만 볼 수 있어서, 마지막 ${format.count(seq_len)}개에 이어서 써요.`,
  },
  copied: {
    ofSample: '샘플에 학습한 글을 그대로 베낀 부분이 있나요?',
    ofGenerated: '생성한 글에 학습한 글을 그대로 베낀 부분이 있나요?',
    unknown:
      '열어 온 모델이 어떤 글로 학습했는지는 알 수 없어요. 무엇을 되풀이하는지 보려면 이 페이지에서 모델을 학습하세요.',
    waiting: '글이 완성되면 베낀 부분을 여기에 표시해요.',
    share: (share, characters) =>
      `이 글의 ${format.roundPercent(share)}가 학습한 글에 그대로 나와요. 가장 긴 부분은 ${format.count(characters)}글자예요.`,
    nothing: '몇 단어 넘게 그대로 베낀 부분은 없어요.',
    passage: '가장 긴 부분은 학습한 글의 여기에 나와요:',
  },

  next: {
    about:
      '모델은 단어를 쓰는 것이 아니에요. 토큰(token) 하나마다, 어휘에 있는 모든 토큰이 다음에 올 확률을 내놓아요. 필터가 일부를 걸러 내고, 남은 것 가운데 하나를 뽑아요. 토큰을 누르면 그 토큰으로 이어 써요.',
    generated: '프롬프트와 거기서 생성한 글이에요. 여기서 고치면 그것이 프롬프트가 돼요.',
    samePrompt: '생성할 때와 같은 프롬프트예요.',
    noPrompt: '비어 있어서 학습할 글의 앞부분을 보여 드려요.',
    skipped: (tokens) => `앞쪽 토큰 ${format.count(tokens)}개는 모델이 보지 못해서 보여 주지 않아요.`,
    legend: '글의 토큰. 하나를 고르면 그 뒤에 올 수 있었던 토큰이 보여요',
    shades: '색이 짙을수록 나올 확률이 높았던 토큰이에요. 점(·)은 띄어쓰기, ⏎는 줄의 끝이에요.',
    likely: (text, share) => `${text}, 앞의 글 다음에 올 확률 ${format.probability(share)}`,
    summary: (text, share) =>
      `모델이 가장 그럴듯하게 본 다음 토큰은 ${text}, 확률은 ${format.probability(share)}예요.`,
    always: '샘플러는 늘 이 토큰을 골라요.',
    among: (kept, vocabulary) =>
      `샘플러는 토큰 ${format.count(vocabulary)}개 가운데 ${format.count(kept)}개 중에서 골라요.`,
    before: '모델이 내놓은 확률',
    after: '샘플러가 뽑는 확률',
    candidates: '가장 그럴듯한 다음 토큰',
    model: '모델',
    sampler: '샘플러',
    dropped: '제외',
    last: '여기서부터 이어 쓰려면 위에서 마지막 토큰을 고르세요.',
  },
  attention: {
    about:
      '다음에 무엇이 올지 정하려고, 각 레이어의 헤드(head)는 앞의 토큰들을 돌아보고 거기서 정보를 가져와요. 토큰을 누르거나 가리키거나 화살표 키로 옮겨 가면 어디를 보았는지 나와요.',
    layer: '레이어',
    head: '헤드',
    all: '모든 헤드 한꺼번에 보기',
    legend: '글의 토큰. 하나를 고르면 어디를 보았는지 나와요',
    place: (layer, head) => `레이어 ${layer}, 헤드 ${head}`,
    map: '이 헤드의 어텐션 지도',
    mapOf: (layer, head) =>
      `레이어 ${layer}, 헤드 ${head}의 어텐션 지도: 행은 토큰, 열은 그 토큰이 볼 수 있는 토큰`,
    mapHelp:
      '지도의 행은 토큰이고, 열은 그 토큰이 보는 토큰이에요. 색이 짙을수록 많이 봐요. 대각선 위쪽은 비어 있어요. 뒤에 오는 토큰은 볼 수 없기 때문이에요.',
    arcs: '어텐션 곡선',
    does: {
      previous: '바로 앞 토큰을 봐요',
      induction: '지난번에 뒤따라 나온 토큰을 봐요(induction)',
      repeat: '앞에 나온 같은 토큰을 봐요',
      first: '첫 토큰을 봐요',
      self: '자기 자신을 봐요',
      mixed: '여러 토큰을 두루 봐요',
    },
    share: (text, share) => `${text}, 어텐션의 ${format.probability(share)}`,
    most: (text, token, share) => `${text}(토큰 ${token}, ${format.probability(share)})`,
    summary: (layer, head, does, token, text, most) =>
      `레이어 ${layer}의 헤드 ${head}: ${does}. 토큰 ${token} ${text} 다음에 올 말을 정하려고 가장 많이 보는 것: ${most}.`,
    named: '한 가지 일을 하는 헤드',
    noneNamed:
      '없어요. 모든 헤드가 여러 토큰을 두루 봐요. 더 오래 학습하거나 모델이 더 크면 나타나기 쉬워요.',
    measured: '이 글에서 잰 값이에요. 반복은 이 글의 토큰을 다른 순서로 두 번 늘어놓고 쟀어요.',
    lens: '레이어별로 보기',
    off: '부품 꺼 보기',
  },
  lens: {
    about: '모델이 그 레이어에서 끝난다면 고른 토큰 다음에 무엇을 내놓을지, 그럴듯한 순서로 보여 줘요.',
    fromEmbeddings: (text) => `가장 그럴듯한 토큰 ${text}: 임베딩에서 이미 정해졌어요.`,
    fromLayer: (text, layer) => `가장 그럴듯한 토큰 ${text}: 레이어 ${layer}부터 정해졌어요.`,
    table: '레이어 표',
    caption: '레이어마다 가장 그럴듯한 다음 토큰',
    after: '단계',
    embeddings: '임베딩',
    layer: (layer) => `레이어 ${layer}`,
  },
  ablation: {
    tooShort: '손실을 재려면 토큰이 두 개 이상 있어야 해요.',
    about: (loss) =>
      `보고 있는 글의 손실은 토큰당 ${format.loss(loss)} nat예요. 각 숫자는 그 부품 하나만 껐을 때 손실이 얼마나 변하는지 나타내요. 클수록 여기서 더 필요한 부품이에요. 체크를 풀면 모든 화면에서 그 부품이 꺼져요.`,
    caption: '레이어와 헤드를 하나씩 껐을 때 손실의 변화',
    wholeLayer: '레이어 전체',
    head: (head) => `헤드 ${head}`,
    layer: (layer) => `레이어 ${layer}`,
    wholePart: (layer, change) => `레이어 ${layer} 전체. 끄면 손실이 ${change} 변해요`,
    headPart: (layer, head, change) => `레이어 ${layer}의 헤드 ${head}. 끄면 손실이 ${change} 변해요`,
    off: (parts, loss, change) => `부품 ${parts}개를 껐을 때 손실은 ${format.loss(loss)}예요(${change}).`,
    continuation: '가장 그럴듯한 이어쓰기',
    without: '… 부품을 껐을 때',
    allOn: '모두 켜기',
  },
  tokens: {
    about:
      '모델은 숫자인 토큰을 읽고 써요. 토큰 하나는 바이트 하나이거나, 토크나이저가 `bpe`이면 자주 나오는 단어 조각이에요. 아래 조각 하나하나가 토큰이에요. 가리키면 번호가 보여요.',
    which: '토큰으로 나눌 글',
    beginning: '학습할 글의 앞부분',
    newest: '최근 샘플',
    text: '토큰으로 나눈 글',
    token: (id) => `토큰 ${id}`,
    count: (tokens, bytes) => `${format.count(bytes)}바이트가 토큰 ${format.count(tokens)}개예요.`,
    noModel: '먼저 모델을 학습하거나 열어 주세요. 그 모델의 토크나이저가 글을 나눠요.',
  },
  embeddings: {
    about:
      '모델은 토큰마다 숫자 목록을 하나씩 가지고 있어요. 이것을 임베딩이라고 해요. 비슷하게 쓰이는 토큰은 서로 가까워져요. 이 지도는 글에 가장 자주 나오는 토큰을, 차이가 가장 큰 두 방향으로 펼쳐 보여 줘요(PCA).',
    empty: '글이 비어 있어요. 토큰을 보려면 글을 넣어 주세요.',
    follow: '학습 따라가기',
    refresh: '새로 고침',
    step: (step) => `${format.count(step)}스텝 뒤`,
    token: '토큰',
    neighbors: '가장 가까운 토큰',
    neighborsHelp:
      '두 임베딩 사이 각도의 코사인이에요. 1이면 같은 방향, 0이면 공통점이 없어요. 누르면 그 토큰으로 옮겨 가요.',
    explained: (x, y) =>
      `전체 차이 가운데 가로는 ${format.roundPercent(x)}, 세로는 ${format.roundPercent(y)}를 보여 줘요.`,
    summary: (n, groups) => `토큰 ${format.count(n)}개의 지도. ${groups}`,
    group: (name, n, near) => `${name}: ${format.count(n)}개, 가장 가까운 것은 대개 ${near}.`,
    ownGroup: '같은 무리',
    groups: {
      vowel: '모음(로마자 등)',
      consonant: '자음(로마자 등)',
      capital: '대문자',
      digit: '숫자',
      punctuation: '문장 부호',
      space: '공백',
      hangul: '한글',
      word: '단어의 시작',
      piece: '단어 조각',
      other: '그 밖',
    },
  },
  race: {
    about:
      '모델이 새 토큰을 하나 쓰려면 앞에 있는 모든 토큰의 키(key)와 값(value)이 필요해요. KV 캐시가 있으면 한 번만 계산해서 간직하고, 없으면 토큰마다 글 전체를 다시 계산해요. 여기서는 둘이 같은 시드로 같은 글을, 토큰을 하나씩 번갈아 써요.',
    tokens: '쓸 토큰 수',
    start: '경주 시작',
    stop: '멈추기',
    busy: '글쓰기가 끝날 때까지 기다려 주세요. 함께 하면 서로 느려져요.',
    pauses: '그동안 학습은 기다려요.',
    on: '캐시 사용',
    off: '캐시 없이',
    rate: (perSecond) => `초당 ${format.rate(perSecond)}토큰`,
    computed: (n) => `토큰 ${format.count(n)}개 계산`,
    work: '무엇을 계산했나',
    workHelp: '행은 새 토큰, 열은 글의 토큰이에요.',
    computedKey: '계산함',
    cachedKey: '캐시에서 읽음',
    workLabel: (lane, steps, computed, cached) =>
      `${lane}: 새 토큰 ${format.count(steps)}개를 쓰면서 토큰 ${format.count(computed)}개를 계산하고 ${format.count(cached)}개를 캐시에서 읽었어요.`,
    time: '토큰마다 걸린 밀리초',
    timeHelp:
      '위치 순서예요. 양쪽 다 프롬프트 전체를 계산하는 첫 토큰은 뺐어요. 그래프 밖으로 솟은 값은 컴퓨터의 다른 작업 때문이에요.',
    timeLabel: (n, on, off) =>
      `토큰 ${format.count(n)}개에 걸린 시간 그래프: 평균은 캐시를 쓰면 ${format.decimal(on, 2)}ms, 없으면 ${format.decimal(off, 2)}ms.`,
    running: (done, all) => `토큰 ${format.count(done)}/${format.count(all)} …`,
    faster: (speed, work) =>
      `캐시를 쓰면 ${format.decimal(speed, 1)}배 빨라요. 캐시가 없으면 토큰을 ${format.decimal(work, 1)}배 많이 계산해요.`,
    slower: (work) =>
      `여기서는 캐시가 도움이 되지 않아요. 캐시가 없으면 토큰을 ${format.decimal(work, 1)}배 많이 계산하지만, 수가 적어서 차이가 나지 않아요.`,
    past: (context) =>
      `컨텍스트인 토큰 ${format.count(context)}개를 넘으면 창이 앞으로 움직여요. 위치를 학습한 모델은 캐시가 있어도 이때 다시 계산해요.`,
    same: '둘 다 같은 글을 썼어요.',
    different: '두 글이 달라요. 있어서는 안 되는 일이니 알려 주세요. 캐시를 쓴 글:',
    cutOff: '중간에 멈췄어요.',
  },
  structure: {
    about:
      '글은 위에서 아래로 이 부품들을 지나고, 블록은 되풀이돼요. 옵션을 바꾸면 그림도 바뀌어요. 부품을 누르면 수식과 숫자가 나와요.',
    blocks: (n) => `블록 ${format.count(n)}개${n > 1 ? '가 차례로' : ''}`,
    add: '+ 들어온 값',
    begin: '토큰',
    end: '다음에 올 모든 토큰의 확률',
    total: (n) => `파라미터 ${format.count(n)}개`,
    weights: (bytes) => `가중치 ${format.bytes(bytes)}`,
    cache: (bytes) => `가득 찬 KV 캐시 ${format.bytes(bytes)}`,
    training: (bytes) => `학습 메모리 최대 ${format.bytes(bytes)}`,
    parameters: '파라미터',
    time: '한 스텝에서 차지하는 시간',
    measure: '시간이 어디에 드는지 재기',
    measuring: '재는 중 …',
    measureHelp: '이 옵션으로 새 모델을 1초쯤 학습한 뒤 버려요.',
    wait: '재려면 학습을 멈춰 주세요. 함께 하면 서로 느려져요.',
    measured: (ms, update, rest) =>
      `한 스텝에 ${format.decimal(ms, 1)}ms 걸려요. 그중 ${format.roundPercent(update)}는 옵티마이저, ${format.roundPercent(rest)}는 어느 부품에도 속하지 않아요. 같은 연산은 한꺼번에 재서, 정규화는 개수로, 행렬 곱은 크기로 나눴어요.`,
    share: (of) => `시간의 ${format.roundPercent(of)}`,
    none: '파라미터 없음',
    exact: (n, bytes) => `파라미터 ${format.count(n)}개, float32로 ${format.bytes(bytes)}`,
    each: (n, blocks) => `블록 ${format.count(blocks)}개에 ${format.count(n)}개씩`,
    tensor: '텐서',
    shape: '모양',
    parts: {
      tokens: {
        label: '토큰 임베딩',
        help: '어휘의 토큰마다 숫자가 한 줄씩 있고, 모델은 이 숫자를 학습해요.',
      },
      positions: {
        label: '위치 임베딩',
        help: '컨텍스트의 자리마다 숫자가 한 줄씩 있어요. 이것이 없으면 토큰의 순서를 알 수 없어요.',
      },
      norm_1: { label: '정규화', help: '토큰마다 숫자의 크기를 고르게 맞춰요.' },
      qkv: {
        label: '쿼리, 키, 값',
        help: '헤드마다 토큰이 무엇을 찾는지, 무엇을 내보이는지, 무엇을 넘겨주는지 정해요.',
      },
      rotary: {
        label: '정규화와 회전',
        help: '숫자 쌍을 위치만큼 돌려요. 그래서 쿼리와 키 사이의 각도가 두 토큰의 거리를 알려 줘요.',
      },
      attention: {
        label: '어텐션',
        help: '헤드마다 자기 토큰과 앞선 토큰에서 값을 모아요. 쿼리와 키가 잘 맞을수록 많이 가져와요.',
      },
      attention_out: { label: '어텐션 출력', help: '헤드들이 모은 것을 섞어요.' },
      norm_2: { label: '정규화', help: '토큰마다 숫자의 크기를 고르게 맞춰요.' },
      mlp_in: { label: 'MLP, 넓히기', help: '토큰을 하나씩 따로, 모델의 너비보다 많은 숫자로 살펴봐요.' },
      activation: {
        label: '활성화 함수',
        help: '작은 수와 음수는 일부만 통과시켜요. 이것이 없으면 층을 여럿 쌓아도 하나와 다를 바 없어요.',
      },
      mlp_out: { label: 'MLP, 좁히기', help: '결과를 모델의 너비로 되돌려요.' },
      last_norm: { label: '마지막 정규화', help: '숫자의 크기를 한 번 더 고르게 맞춰요.' },
      head: {
        label: '출력층',
        help: '어휘의 토큰마다 숫자를 하나씩 내고, softmax가 이를 확률로 바꿔요. 대개 토큰 임베딩과 같은 표를 써요.',
      },
    },
  },
  sentence: {
    own: '내 문장',
    label: '문장',
    example: '다람쥐 헌 쳇바퀴에 타고파 🐈',
    tokens: '문장의 토큰',
    summary: (n, characters) => `${format.count(characters)}글자, 토큰 ${format.count(n)}개.`,
    partsHelp:
      '여러 토큰으로 된 글자는 테두리로 묶었어요. 토큰 하나에는 그 글자의 바이트가 일부만 들어 있어요.',
    part: (i, of, character, id) => `${character}의 ${of}조각 가운데 ${i}번째, 토큰 ${id}`,
    merges: '토큰이 만들어진 과정',
    bytes: '이 모델의 토큰은 바이트 하나씩이라서 합칠 것이 없어요.',
    about:
      '처음에는 바이트 하나가 토큰 하나예요. 그다음 토크나이저가 배운 순서대로, 자주 나온 쌍부터 합쳐요.',
    longest: (n) => `처음 ${n}글자만 보여 줘요.`,
    back: '뒤로',
    next: '다음',
    play: '재생',
    stop: '멈추기',
    slider: '볼 병합',
    at: (i, all) => `병합 ${all}번 가운데 ${i}번 뒤`,
    begin: (n) => `처음: ${format.count(n)}바이트, 하나하나가 토큰이에요.`,
    merge: (left, right, into, id) => `${left} + ${right} → ${into}, 토큰 ${id}.`,
    left: (n) => `토큰이 ${format.count(n)}개 남아요.`,
    state: '이때의 토큰',
  },

  runs: {
    about:
      '학습하는 동안 글과 함께 여기에 저장돼요. 이름을 바꾸거나 복제한 기록은 직접 지울 때까지 남고, 나머지는 공간이 모자라면 오래된 것부터 자리를 비워 줘요.',
    inMemory:
      '비공개 창에서처럼, 이 브라우저는 이 페이지의 데이터를 보관하지 않아요. 탭을 닫으면 기록이 사라지니 모델을 파일로 저장하세요.',
    inDatabase: '이 브라우저에는 페이지 전용 파일 시스템이 없어서, 기록을 브라우저 데이터베이스에 보관해요.',
    deleted: (name) => `“${name}” 기록을 지웠어요.`,
    undo: '실행 취소',
    none: '아직 기록이 없어요. 학습 시작을 누르세요.',
    space: (used, left) => `이 페이지가 ${format.bytes(used)}를 쓰고 있고, ${format.bytes(left)}가 남았어요.`,
    persisted: '브라우저가 마음대로 지우지 않아요.',
    mayDelete: '디스크가 거의 차면 브라우저가 지울 수 있어요.',
    persist: '모두 보관해 달라고 요청하기',
    notPersisted: '브라우저가 받아들이지 않았어요. 자주 방문하거나 북마크한 페이지라면 받아들여요.',
    cannotKeep: '이 브라우저는 학습 기록을 보관할 수 없어요.',
    openHere: '여기에 열려 있음',
    elsewhere: '다른 탭에 열려 있음',
    name: '기록의 이름',
    rename: '이름 바꾸기',
    cancel: '취소',
    options: '옵션',
    open: '열기',
    copyOf: (name) => `${name} (복사본)`,
    duplicate: '복제',
    download: '내려받기',
    delete: '삭제',
    step: (step, steps) => `스텝 ${format.count(step)} / ${format.count(steps)}`,
    loss: (loss) => `손실 ${format.loss(loss)}`,
    validationLoss: (loss) => `검증 손실 ${format.loss(loss)}`,
    parameters: (n) => `파라미터 ${format.parameters(n)}개`,
    text: (name, bytes) => `글: ${name === '' ? '직접 입력' : name}, ${format.bytes(bytes)}`,
    saved: (ms) => `저장: ${format.time(ms)}`,
  },
  offer: {
    title: '지난 학습',
    ended: (name, steps) => `학습 “${name}”: ${format.count(steps)}스텝을 마치고 끝났어요`,
    stands: (name, step, steps) =>
      `학습 “${name}”: ${format.count(steps)}스텝 가운데 ${format.count(step)}까지 왔어요`,
    loss: (loss) => ` (손실 ${format.loss(loss)})`,
    saved: (ms) => `저장: ${format.time(ms)}.`,
    goOn: '계속하기',
    open: '열기',
    notNow: '나중에',
  },
  openModel: {
    title: '파일에서 모델 열기',
    help: '여기나 명령줄에서 저장한 모델 파일(.safetensors)이에요. 다른 프로그램의 GPT-2나 Qwen3도 열 수 있어요. config.json, tokenizer.json, .safetensors 파일을 함께 고르거나, 폴더나 ZIP 파일을 이 페이지에 끌어다 놓으세요.',
    open: '모델 열기',
    field: '열 모델 파일',
  },

  file: {
    title: '모델 파일',
    help: '모델 파일(.safetensors)에는 가중치와, 여기서든 명령줄에서든 학습을 이어 가는 데 필요한 것이 모두 들어 있어요. 다시 열려면 [학습 기록](#runs)으로 가세요.',
    noModel:
      '모델을 학습하거나 [학습 기록](#runs)에서 여세요. 그러면 여기서 파일로 저장하고 다른 프로그램용으로 내보낼 수 있어요.',
    adapter: '어댑터 파일에는 LoRA 행렬만 들어 있어요. 쓰려면 바탕 모델을 먼저 열고 어댑터를 여세요.',
    save: '모델 저장',
    saveAdapter: '어댑터 저장',
    format: '내보낼 형식',
    numbers: '숫자 형식',
    weights: '내보낼 가중치',
    export: '내보내기',
    writes: (help) => `내보내는 것: ${help}.`,
    folder: '폴더는 ZIP 파일로 내려받아요.',
  },
  exportFormats: {
    hf: {
      label: 'Hugging Face 폴더',
      help: 'transformers와 MLX용 폴더. 가중치, 설정, 토크나이저, 모델 카드가 들어 있어요',
    },
    gguf: {
      label: 'llama.cpp, Ollama, LM Studio용 GGUF',
      help: 'llama.cpp, Ollama, LM Studio용 폴더. .gguf 파일, Modelfile, 여는 방법이 들어 있어요',
    },
    onnx: {
      label: 'onnxruntime용 ONNX',
      help: 'onnxruntime용 폴더. 키-값 캐시가 있는 .onnx 파일, 설정, 토크나이저, 여는 방법이 들어 있어요',
    },
    'transformers.js': {
      label: 'transformers.js 폴더',
      help: '웹 페이지와 Node의 transformers.js용 폴더. .onnx 파일, 설정, 토크나이저, 여는 방법이 들어 있어요',
    },
    html: {
      label: '어디서나 열리는 페이지(.html)',
      help: '모델과 프로그램이 함께 든 페이지 한 장. 네트워크 없이 어떤 브라우저에서든 글을 생성해요',
    },
    npz: { label: 'NumPy 배열(.npz)', help: 'numpy.load로 읽는 가중치 배열' },
    safetensors: {
      label: '가중치만(.safetensors)',
      help: '옵티마이저 상태를 뺀 가중치, mini-llm과 PyTorch용',
    },
    tokenizer: { label: '토크나이저(tokenizer.json)', help: 'Hugging Face tokenizers용 토크나이저' },
    peft: { label: 'PEFT용 LoRA 어댑터', help: '바탕 모델 없이 LoRA 어댑터만 든 PEFT용 폴더' },
    adapter: { label: 'LoRA 어댑터 파일', help: '“generate --adapter”에 쓰는 LoRA 어댑터 파일 하나' },
  },
  recipe: {
    about: (bytes, hash) =>
      `글 자체(${format.bytes(bytes)}, SHA-256 \`${hash}\`)만 빼고, 이 학습을 그대로 되풀이하는 데 필요한 것이 모두 있어요.`,
    same: (version, everywhere) =>
      `mini-llm ${version}과 그 글이 있으면 ${everywhere ? '어느 컴퓨터에서나' : '같은 종류의 프로세서에서'} 비트 하나까지 똑같은 결과가 나와요.`,
    changes: '학습 도중에 옵션이 바뀌었어요. 다음 줄은 그 앞줄의 모델로 이어서 학습해요.',
    linkHasLast: '링크에는 마지막 옵션이 들어가요.',
    copyCommand: '명령줄 복사',
    copyJson: 'JSON 복사',
    copyLink: '링크 복사',
    toCopy: '복사할 레시피',
    help: '`mini-llm train --recipe`로 이 JSON을 읽을 수 있고, 저장한 모델에도 모두 들어 있어요. 링크를 열면 같은 옵션으로 이 페이지가 열려요.',
    unknown:
      '이 모델 파일에는 학습을 어떻게 시작했는지 적혀 있지 않아요. 예전 버전에서 저장했거나 가중치만 든 파일이에요.',
    noModel: '모델을 학습하거나 열면, 그 학습을 여기서나 명령줄에서 되풀이하는 방법이 나와요.',
  },

  progress: {
    title: '진행',
    restored: (step) => `모델과 손실은 스텝 ${format.count(step)}의 것이에요.`,
    loss: '손실(loss)',
    lossHelp: '다음 토큰이 얼마나 뜻밖이었는지, nat 단위예요. 낮을수록 좋아요',
    validationLoss: '검증 손실',
    validationHelp: '학습에 쓰지 않고 남겨 둔 글에서 잰 손실이에요',
    noValidation: '글이 짧아서 검증용으로 남겨 둘 부분이 없어요',
    bits: '바이트당 비트',
    bitsOfTraining: '학습 손실을 글 1바이트당 비트로 나타낸 값이에요. 무작정 찍으면 8이에요',
    bitsOfValidation: '검증 손실을 글 1바이트당 비트로 나타낸 값이에요. 무작정 찍으면 8이에요',
    rate: '초당 토큰',
    rateHelp: '학습 속도예요',
  },
  chart: {
    title: '스텝에 따른 손실',
    training: '학습',
    validation: '검증',
    best: (step) => `최저, 스텝 ${format.count(step)}`,
    help: '모델이 배우는 동안 둘 다 내려가요. 학습 손실은 내려가는데 검증 손실이 올라가면, 모델이 글을 외우고 있는 거예요.',
    empty: '손실 곡선. 학습을 시작하기 전이라 비어 있어요.',
    summary: (step, loss) => `스텝 ${format.count(step)}까지의 손실 곡선. 손실 ${format.loss(loss)}.`,
    summaryBoth: (step, loss, validation) =>
      `스텝 ${format.count(step)}까지의 손실 곡선. 손실 ${format.loss(loss)}, 검증 손실 ${format.loss(validation)}.`,
    marked: (step) => `검증 손실이 가장 낮은 스텝 ${format.count(step)}에 표시가 있어요.`,
  },
  settings: {
    preset: '프리셋',
    all: '모든 옵션',
    size: (parameters, bytes) =>
      `파라미터(학습으로 조정하는 숫자) ${format.parameters(parameters)}개, 메모리 ${format.bytes(bytes)}. 언제든 학습을 중지하고 모델을 남길 수 있어요.`,
    figures: (parameters, bytes, seconds) =>
      `파라미터 ${format.parameters(parameters)}개 · ${format.bytes(bytes)} · ${format.estimate(seconds)}`,
    readAs: (value) => `${value}(으)로 읽었어요.`,
    onePerLine: (help) => `${help}. 한 줄에 하나씩 적어요`,
    finetuning: '파인튜닝(fine-tuning)',
    finetuningHelp:
      '“이 글로 파인튜닝”은 지금 모델을 학습할 글로 더 학습해요. 모델의 구조와 토크나이저는 그대로예요. 스텝 수, 배치 크기 같은 옵션은 “모든 옵션”의 값을 써요.',
    finetuningOptions: '파인튜닝 옵션',
  },
  presets: {
    quick: { label: '빠르게', help: '몇 초면 단어를 써요.' },
    standard: { label: '보통', help: '30초 만에 글의 단어와 짜임새를 배워요.' },
    thorough: { label: '꼼꼼히', help: '더 큰 모델이 2분 동안 구절과 문체까지 배워요.' },
    english: {
      label: '영어 모델에서',
      help: '영어를 읽어 본 모델에서 시작하므로 글 한 쪽으로도 충분해요.',
    },
    large: { label: '크게', help: '긴 글을 긴 문맥으로 가장 많이 배워요. 저녁 내내 걸려요.' },
    nanogpt: {
      label: 'nanoGPT',
      help: '비교용으로, nanoGPT가 CPU에서 학습하는 모델이에요. 바이트 단위의 GPT-2를 AdamW로 학습해요.',
    },
  },
  fitted: {
    byte: '더 긴 토큰을 배울 만큼 길지 않아서 바이트 단위로 읽어요',
    bpe: (vocab_size) => `글을 토큰 ${format.count(vocab_size)}종류로 나눠요`,
    dropout: (dropout) =>
      `작은 모델과 드롭아웃(${format.decimal(dropout, 1)}), 이른 종료로 글을 외우지 않게 해요`,
    whole: (parts) => `글의 길이에 맞췄어요. ${parts.join('. ')}.`,
    inEnglish: '영어 글이라면 프리셋 “영어 모델에서”가 몇 초 만에 훨씬 잘 배워요.',
  },
  options: {
    start_from: {
      label: '출발점',
      help: 'nothing: 무작위 가중치에서 시작해요. english: 영어 연설, 소설, 경전을 읽은 모델에서 시작하고 그 모델의 구조와 토크나이저를 써요. 짧은 글에 가장 좋아요',
    },
    arch: {
      label: '아키텍처',
      help: '모델의 구조예요. gpt2는 2019년의 방식이고, qwen3는 더 빨리 배우며 문맥 길이를 넘어서도 이어 쓸 수 있어요',
    },
    tokenizer: {
      label: '토크나이저',
      help: '토큰의 단위예요. byte는 바이트 하나, bpe는 글에서 배운, 자주 나오는 단어 조각이에요. 짧은 글은 따로 고르지 않으면 바이트를 써요',
    },
    vocab_size: {
      label: '어휘 크기',
      help: '토크나이저가 bpe일 때 토큰의 종류 수예요. 256개 바이트와 배운 조각을 합친 수이고, 짧은 글은 따로 정하지 않으면 더 적게 써요',
    },
    n_layer: {
      label: '레이어 수',
      help: '트랜스포머 블록의 수예요. 많을수록 더 많이 배울 수 있지만, 하나 늘 때마다 그만큼 시간이 더 걸려요',
    },
    n_head: {
      label: '헤드 수',
      help: '레이어마다 있는 어텐션 헤드의 수예요. n_embd가 이 수로 나누어떨어져야 해요',
    },
    n_kv_head: {
      label: '키-값 헤드 수',
      help: '키와 값을 맡는 헤드의 수로, n_head의 약수여야 해요. 적을수록 KV 캐시가 작아져요. 0이면 n_head와 같아요. qwen3에서만 써요',
    },
    n_embd: {
      label: '너비',
      help: '모델 안에서 토큰 하나를 나타내는 숫자의 개수예요. 시간은 이 값의 제곱에 비례해요',
    },
    seq_len: { label: '문맥(context) 길이', help: '모델이 한 번에 보는 토큰 수예요' },
    embedding_init: {
      label: '처음 임베딩',
      help: '첫 단계 전 토큰의 벡터예요. random은 무작위이고, pairs는 글에서 같은 토큰과 이웃하는 토큰끼리 비슷하게 시작해서 더 빨리 배워요',
    },
    dropout: {
      label: '드롭아웃(dropout)',
      help: '모델이 글을 외우지 않도록, 학습하는 동안 활성값을 이 비율만큼 무작위로 0으로 만들어요. 짧은 글은 따로 정하지 않으면 0.1이에요',
    },
    batch_size: { label: '배치 크기', help: '한꺼번에 처리하는, 토큰 seq_len개짜리 글 조각의 수예요' },
    grad_accum: {
      label: '기울기(gradient) 누적',
      help: '기울기를 평균해 한 스텝으로 합치는 배치의 수예요. 메모리를 더 쓰지 않고 배치를 키우는 방법이에요',
    },
    max_steps: {
      label: '스텝 수',
      help: '가중치를 고치는 횟수예요. 학습률은 이 전체에 걸쳐 내려가요',
    },
    lr: {
      label: '학습률(learning rate)',
      help: '웜업 뒤에 한 번에 고치는 크기예요. 손실이 튀거나 NaN이 되면 낮추세요',
    },
    min_lr: { label: '최종 학습률', help: '마지막 스텝의 학습률이에요' },
    warmup_steps: { label: '웜업(warm-up) 스텝', help: '학습률이 0에서부터 올라가는 동안의 스텝 수예요' },
    schedule: {
      label: '스케줄',
      help: '학습률이 내려가는 모양이에요. cosine은 코사인 곡선, linear는 직선을 따라 내려가고, wsd는 마지막 스텝에서만 내려가서 학습을 늘릴 수 있어요',
    },
    decay_fraction: {
      label: '감쇠 구간',
      help: '스케줄이 wsd일 때, 끝에서 학습률이 내려가는 스텝의 비율이에요',
    },
    optimizer: {
      label: '옵티마이저',
      help: '기울기를 가중치의 변화로 바꾸는 방법이에요. muon은 은닉 행렬의 변화를 모든 방향으로 고르게 해서 더 빨리 배우고, 나머지 가중치에는 adamw를 써요',
    },
    muon_lr: {
      label: 'Muon의 학습률',
      help: '옵티마이저가 muon일 때 은닉 행렬의 학습률이에요. 같은 스케줄을 따라요',
    },
    softmax_tokens: {
      label: '소프트맥스의 토큰 수',
      help: '학습 스텝의 출력층이 어휘 전체가 아니라 스텝마다 새로 뽑은 이만큼의 토큰만 비교해요. 마지막 5분의 1에서는 모두 비교해요. 0이면 늘 모두 비교해요',
    },
    weight_decay: {
      label: '가중치 감쇠(weight decay)',
      help: '스텝마다 가중치 행렬을 0 쪽으로 당기는 세기예요(AdamW처럼 기울기와 따로 적용해요)',
    },
    beta1: { label: '베타 1', help: 'AdamW가 지난 기울기의 방향을 얼마나 천천히 잊는지 정해요' },
    beta2: { label: '베타 2', help: 'AdamW가 지난 기울기의 크기를 얼마나 천천히 잊는지 정해요' },
    grad_clip: {
      label: '기울기 클리핑',
      help: '모든 가중치에 대한 기울기 노름(norm)의 최댓값이에요. 더 크면 이 값으로 줄여요. 0이면 쓰지 않아요',
    },
    val_fraction: {
      label: '검증에 쓸 비율',
      help: '학습에 쓰지 않고 손실을 재려고 글의 끝에서 떼어 두는 비율이에요. 0이면 글 전체로 학습해요',
    },
    eval_every: {
      label: '검증 간격',
      help: '검증 손실을 재는 간격(스텝)이에요. 0이면 끝에서만 재요',
    },
    eval_stride: {
      label: '검증 보폭',
      help: '검증용 글에서 창을 옮기는 토큰 수예요. seq_len보다 작으면 생성할 때처럼 토큰마다 더 긴 문맥을 보는 대신 오래 걸려요. 0이면 창이 겹치지 않아요',
    },
    eval_batches: {
      label: '검증 배치 수',
      help: '한 번 잴 때 쓰는 배치의 수로, 검증용 글에 고르게 퍼져 있어요. 0이면 전부 써요',
    },
    patience: {
      label: '인내(patience)',
      help: '손실이 나아지지 않는 검증이 이 횟수만큼 이어지면 학습을 끝내고 가장 좋았던 가중치로 되돌려요. 0이면 일찍 끝내지 않아요',
    },
    freeze_layers: {
      label: '얼린 레이어 수',
      help: '앞에서부터 바꾸지 않을 레이어의 수예요. 임베딩과, 임베딩을 함께 쓰는 출력층도 바뀌지 않아요. 스텝이 빨라지고 덜 잊어요. 0이면 모두 학습해요',
    },
    lora_rank: {
      label: 'LoRA 랭크(rank)',
      help: '은닉 행렬마다 낮은 랭크의 변화만 adamw로 학습해요. 작은 어댑터로 저장할 수 있어요. 보통 8을 쓰고, 0이면 가중치 자체를 학습해요',
    },
    lora_alpha: { label: 'LoRA 알파(alpha)', help: 'LoRA 랭크를 쓸 때, 변화에 alpha/rank를 곱해요' },
    temp: {
      label: '온도(temperature)',
      help: '높으면 뜻밖의 글이, 낮으면 무난한 글이 나와요. 0이면 늘 가장 그럴듯한 토큰을 골라요',
    },
    top_k: { label: '상위 k(top-k)', help: '가장 그럴듯한 k개 토큰 중에서만 골라요. 0이면 쓰지 않아요' },
    top_p: {
      label: '누적 확률(top-p)',
      help: '확률을 더해 이 값에 이르는, 가장 그럴듯한 토큰 중에서만 골라요. 1이면 쓰지 않아요',
    },
    min_p: {
      label: '최소 확률(min-p)',
      help: '가장 그럴듯한 토큰의 이 비율 이상인 토큰 중에서만 골라요. 0이면 쓰지 않아요',
    },
    repetition_penalty: {
      label: '반복 벌점',
      help: '1보다 크면 문맥에 이미 나온 토큰의 확률이 낮아져요. 1이면 쓰지 않아요',
    },
    max_new_tokens: {
      label: '길이',
      help: '생성할 토큰 수예요. 토큰은 바이트이거나, 토크나이저가 bpe이면 단어 조각이에요',
    },
    n: {
      label: '샘플 수',
      help: '한꺼번에 생성할 글의 수예요. 글마다 난수가 다르고, 하나씩 만들 때보다 시간이 덜 걸려요',
    },
    seed: {
      label: '시드',
      help: '난수의 시작값이에요. 시드와 글, 옵션이 같으면 결과가 비트 하나까지 같아요',
    },
    cache: {
      label: 'KV 캐시',
      help: '앞 토큰의 키와 값을 다시 계산하지 않고 보관해요. 글은 같고 훨씬 빨라요',
    },
    int8: {
      label: 'int8 가중치',
      help: '가중치를 8비트로 반올림해요. 특히 큰 모델에서 빨라지고, 정확도는 거의 같아요',
    },
    stop: {
      label: '멈출 글',
      help: String.raw`이 가운데 하나가 나오면 바로 끝내요. \n은 줄바꿈, \\는 역슬래시를 뜻해요`,
    },
    prompt: { label: '프롬프트', help: '이어서 쓸 글이에요. 비워 두면 새 줄에서 시작해요' },
    stop_at_step: {
      label: '이 스텝에서 중지',
      help: '스케줄은 그대로 두고 이 스텝 뒤에 저장하고 멈춰서, 나중에 이어서 학습할 수 있어요. 0이면 도중에 멈추지 않아요',
    },
    sample_every: {
      label: '샘플 간격',
      help: '학습하면서 샘플을 생성하는 간격(스텝)이에요. 0이면 생성하지 않아요',
    },
    save_every: {
      label: '저장 간격',
      help: '학습하면서 저장하는 간격으로, 스텝(100)이나 시간(30s, 10min)으로 적어요. 0이면 검증할 때마다, 적어도 1분마다 저장해요',
    },
    keep: {
      label: '이전 저장본',
      help: '모델과 함께 남겨 둘 이전 저장본의 수예요. 이름에 스텝이 붙어요: model.step-400.safetensors',
    },
    threads: {
      label: '스레드 수',
      help: '스레드를 쓰는 빌드가 사용할 프로세서 코어의 수예요. 0이면 쓸모 있는 만큼 써요. 결과는 달라지지 않아요',
    },
    variant: {
      label: '빌드',
      help: '실행할 코어의 빌드예요. auto는 쓸 수 있으면 relaxed SIMD, 스레드, 넓은 커널을 써요',
    },
    reproducible: {
      label: '재현 가능',
      help: '어느 컴퓨터에서나 결과의 비트가 같은 빌드만 써요',
    },
  },
  choices: {
    nothing: 'nothing (처음부터)',
    english: 'english (영어 모델)',
    byte: 'byte (바이트)',
    bpe: 'bpe (단어 조각)',
    cosine: 'cosine (코사인)',
    linear: 'linear (직선)',
    auto: 'auto (자동)',
  },
  validation: {
    empty: '빈칸',
    range: (whole, min, max) => `${min}부터 ${max}까지의 ${whole ? '정수' : '수'}`,
    rangeAbove: (whole, above, max) => `${above}보다 크고 ${max} 이하인 ${whole ? '정수' : '수'}`,
    number: (called, range, shown) => `${called}: ${range}여야 해요. 지금 값: ${shown}.`,
    ambiguous: (called, range, shown, one, other) =>
      `${called}: ${range}여야 해요. ${shown}: ${one}인지 ${other}인지 알 수 없으니 둘 중 하나로 적어 주세요.`,
    bool: (called, shown) => `${called}: true나 false여야 해요. 지금 값: ${shown}.`,
    choice: (called, choices, shown) =>
      `${called}: 다음 중 하나여야 해요: ${choices.join(', ')}. 지금 값: ${shown}.`,
    string: (called, shown) => `${called}: 글이어야 해요. 지금 값: ${shown}.`,
    interval: (called, shown) =>
      `${called}: 100 같은 스텝 수나 30s, 10min 같은 시간이어야 해요. 지금 값: ${shown}.`,
    strings: (called, shown) => `${called}: 글의 목록이어야 해요. 지금 값: ${shown}.`,
  },
  benchmark: {
    about:
      '이 브라우저가 얼마나 빨리 학습하고 생성하는지 재요. W1과 W2는 레이어 4개, 너비 128인 모델을 문맥 64와 128에서 학습하고, G1은 그 모델로 생성해요. W3와 G3는 레이어 6개, 너비 384, 문맥 256이에요. 표에는 여러 번 잰 값의 중앙값과, 이 프로세서가 WebAssembly에서 내는 최고 속도에 대한 비율이 나와요. 글과 모델은 바뀌지 않아요.',
    large: '큰 모델도 재기(W3, G3)',
    everyBuild: '여기서 돌아가는 모든 빌드 재기',
    start: '벤치마크 시작',
    stop: '벤치마크 중지',
    copy: '복사',
    waitForTraining: '학습이 끝날 때까지 기다려 주세요. 함께 돌리면 서로 느려져요.',
    waitForGeneration: '생성이 끝날 때까지 기다려 주세요. 함께 돌리면 서로 느려져요.',
    progress: '벤치마크 진행',
    preparing: '준비하는 중 …',
    measuring: (what) => `재는 중: ${what} …`,
    done: '끝났어요.',
    stopped: '중지했어요.',
    stoppedByTraining: '학습이 시작되어 중지했어요.',
    stoppedByGeneration: '생성이 시작되어 중지했어요.',
    markdown: 'Markdown으로 쓴 결과',
    profile: '한 스텝에서 연산마다 걸린 시간',
    tables: {
      peak: '행렬 커널의 최고 속도',
      peakHead: ['빌드', '스레드당 GFLOP/s'],
      training: '학습. MFU는 그 최고 속도에 스레드 수를 곱한 값에 대한 비율',
      trainingHead: ['학습', '빌드', '스레드', 'ms/스텝', '토큰/초', 'GFLOP/s', 'MFU', '최대 힙'],
      generation: '생성. 문맥이 찰 때까지 한 번에 글 하나, 초당 토큰',
      generationHead: ['생성', '빌드', '스레드', '캐시 있음', '없음', '이득', 'int8, 캐시 있음', '최대 힙'],
      contexts: (setting) =>
        `문맥 길이마다 KV 캐시로 빨라진 정도, 초당 토큰(G1의 모델${setting && `, ${setting}`})`,
      contextsHead: ['문맥', '캐시 있음', '없음', '이득'],
      setting: (variant, threads) => `${variant} 빌드, 스레드 ${threads}개`,
      profile: (workload, settings) => `${workload}의 한 스텝에서 연산마다 걸린 시간: ${settings}`,
      operation: '연산',
      pass: '방향',
      calls: '호출',
      share: '비율',
      shareOn: (threads) => `스레드 ${threads}개, 비율`,
      speed: '속도',
      rest: '(나머지)',
    },
  },

  beside: {
    title: '학습하는 동안',
    hidden: '다른 탭을 보고 있어도 학습은 계속돼요.',
    awake: '화면 켜 두기',
    awakeHelp: '기기가 절전 모드로 들어가지 않게 해요. 학습이 멈추거나 끝나거나 화면에서 가려지면 풀려요.',
    noAwake: '이 브라우저는 화면을 켜 둘 수 없어요.',
    tell: '끝나면 알려 주기',
    tellHelp: '그때 다른 곳을 보고 있으면, 결과 수치를 알림으로 알려 드려요.',
    noTell: '이 브라우저에서는 이 페이지가 알림을 보낼 수 없어요.',
    denied:
      '이 브라우저가 이 페이지의 알림을 허용하지 않아요. 그래도 괜찮아요. 탭 제목에서 학습이 얼마나 진행됐는지 볼 수 있어요. 알림은 브라우저의 사이트 설정에서 허용할 수 있어요.',
    done: '학습이 끝났어요',
    early: '학습이 일찍 끝났어요',
    reached: '정해 둔 스텝까지 학습했어요',
    failed: '학습에 실패했어요',
    figures: (n, seconds) => `${format.count(n)}스텝, ${format.duration(seconds)} 걸렸어요.`,
    validation: (loss, bits) => `검증 손실 ${format.loss(loss)} (바이트당 ${format.loss(bits)}비트).`,
    loss: (loss) => `손실 ${format.loss(loss)}.`,
  },
  compare: {
    choose: '비교할 학습 기록',
    few: '학습률을 바꾸는 식으로 두 번 학습한 다음, 여기서 비교해 보세요.',
    steps: (n) => `${format.count(n)}스텝`,
    metric: '곡선',
    metrics: {
      val: '검증 손실',
      train: '학습 손실',
      val_bits_per_byte: '바이트당 비트, 검증',
      train_bits_per_byte: '바이트당 비트, 학습',
      perplexity: '퍼플렉서티, 검증',
      lr: '학습률',
      grad_norm: '그래디언트 노름',
      tokens_per_s: '초당 토큰 수',
    },
    smoothing: '부드럽게',
    none: '안 함',
    step: '값을 읽을 스텝',
    at: (step) => `스텝 ${format.count(step)}에서`,
    missing: '측정 안 됨',
    hint: '곡선 위에 포인터를 올리거나 아래 슬라이더를 움직이면 값을 읽을 수 있어요.',
    csv: '수치 저장 (CSV)',
    png: '그림 저장 (PNG)',
    noPicture: '그림을 만들지 못했어요.',
    byStep: (metric) => `스텝에 따른 ${metric}.`,
    curve: (name, first, from, last, to, lowest, at) =>
      `${name}: 스텝 ${format.count(from)}에서 ${first}, 스텝 ${format.count(to)}에서 ${last}. 가장 낮은 값은 스텝 ${format.count(at)}의 ${lowest}.`,
    noCurve: (name) => `${name}: 측정 안 됨.`,
    differ: '다른 점',
    option: '옵션',
    text: '글',
    typed: '직접 입력',
    parameters: '파라미터',
    same: '이 기록들은 글도 옵션도 모두 같아요.',
    samples: '샘플',
    sameSeed: (step) => `같은 프롬프트와 같은 시드로, 스텝 ${format.count(step)}까지.`,
    otherSeed: (step) => `스텝 ${format.count(step)}까지. 이 기록들은 프롬프트나 시드가 서로 달라요.`,
    noSample: '이 스텝까지는 샘플이 없어요.',
  },
  footer: {
    private: '글과 모델, 생성한 글은 이 브라우저 안에만 있고, 어디에도 올라가지 않아요.',
    offline: '이 페이지는 네트워크가 없어도 열려요.',
    loading: '코어를 불러오는 중 …',
    notLoaded: '코어를 불러오지 못했어요.',
    build: (variant, description, threads) =>
      `이 프로세서에서 돌아가요: ${variant} 빌드(${description}), 스레드 ${format.count(threads)}개.`,
    builds: {
      baseline: 'WebAssembly SIMD',
      relaxed: 'WebAssembly relaxed SIMD',
      threads: 'WebAssembly SIMD와 스레드',
      'relaxed-threads': 'WebAssembly relaxed SIMD와 스레드',
      'threads-wide': '256비트 WebAssembly SIMD와 스레드',
      'relaxed-threads-wide': '256비트 WebAssembly relaxed SIMD와 스레드',
    },
    reload: '스레드를 쓰려면 페이지를 새로 고치세요.',
    insecure: '스레드를 쓰려면 페이지를 https로 열거나, 서버가 있는 컴퓨터에서 localhost로 여세요.',
    framed: '스레드를 쓰려면 페이지를 따로 탭에서 여세요.',
    blocked: `스레드를 쓰려면 이 페이지의 서비스 워커를 허용하거나(비공개 창은 흔히 막아요), 호스트가 ${HEADERS}를 보내게 하세요.`,
    refused: `이 브라우저는 페이지를 격리하는 서비스 워커를 무시해요. 스레드를 쓰려면 호스트가 ${HEADERS}를 보내게 하세요.`,
  },
  variants: {
    thisBrowser: '이 브라우저',
    missing: (best, variant) => `${best} 빌드가 아직 없어서 ${variant} 빌드가 돌아가요.`,
    oneAsked: '스레드 하나만 쓰도록 정했어요.',
    oneProcessor: '프로세서가 하나면 스레드를 더 써도 소용이 없어요.',
    notIsolated:
      '이 페이지가 격리되어 있지 않아서 스레드 하나로 돌아가요. 격리된 페이지만 스레드끼리 메모리를 나눌 수 있어요.',
    noSharedMemory: (host) => `${host}에서는 스레드끼리 메모리를 나눌 수 없어서 스레드 하나로 돌아가요.`,
    packs: (host) => `${host}에서는 SIMD 연산을 둘씩 256비트로 묶는데, 이 빌드는 거기에 맞춘 것이에요.`,
    relaxed:
      'relaxed SIMD를 쓰면 학습 스텝이 1.15~1.3배 빨라졌어요. 다른 컴퓨터에서는 마지막 비트가 다를 수 있어요. “재현 가능” 옵션을 켜면 다르지 않은 빌드를 골라요.',
    reproducible: '“재현 가능”이 켜져 있어요. 어느 컴퓨터에서나 결과의 비트가 같아요.',
    plain: (host) =>
      `${host}에는 최신 버전에 있는 relaxed SIMD가 없어서 일반 SIMD로 돌아가요. 어느 컴퓨터에서나 결과의 비트가 같아요.`,
    byName: '이 빌드를 직접 골랐어요.',
    slow: (host) =>
      `여기서는 느려요. ${host}에서는 SIMD 연산을 둘씩 묶지 않아요. auto가 더 빠른 빌드를 골라요.`,
    mayDiffer: '다른 컴퓨터에서는 마지막 비트가 다를 수 있어요.',
    wideFailed: (why) => `넓은 커널이 검사를 통과하지 못해서 그 커널이 없는 빌드가 돌아가요: ${why}`,
    threadsFailed: (why) => `스레드를 시작하지 못해서 스레드 하나로 돌아가요: ${why}`,
    given: (sentence) => sentence,
    threadsUnused: (variant, threads) =>
      `${variant} 빌드는 스레드 하나로 돌아가서, 스레드 수 ${threads}은(는) 쓰이지 않아요.`,
    threadsWait: (limit, threads) => `${limit} 스레드가 ${threads}개면 서로 기다리느라 학습이 느려져요.`,
  },

  viewer: {
    about:
      '글에 이어서 쓰는 작은 언어 모델이에요. 글 하나의 생김새와 단어, 구절을 배웠을 뿐 사실을 배운 것은 아니에요. 모델은 이 파일 안에 있고 이 기기에서 돌아가며, 아무것도 보내지 않아요.',
    opening: '모델을 여는 중 …',
    failed: (why) => `모델을 열지 못했어요. ${why}`,
    lost: (why) => `${why === '' ? '모델을 시작하지 못했어요.' : why} 페이지를 다시 열어 주세요.`,
    footer: (version) =>
      `이 페이지는 모델과 프로그램이 함께 든 파일 하나예요. 네트워크 없이 돌아가고, 쓴 글은 여기에만 있어요. mini-llm ${version}으로 만들었어요.`,
    facts: '이 모델에 대해',
    int8: '가중치를 8비트로 반올림해서 크기가 4분의 1이고, 글은 거의 달라지지 않아요. 손실은 그 전에 잰 값이에요.',
    bits: '바이트당 비트',
    lossHelp: '모델이 보지 못한 글 1바이트에 필요한 비트예요. 낮을수록 좋아요',
    lossInNats: (help, loss) => `${help} (토큰당 ${format.loss(loss)} nat)`,
    training: '학습',
    ofSteps: (steps) => `/ ${format.count(steps)}스텝`,
    steps: '스텝',
    trainingHelp: '가중치를 고친 횟수예요',
    parameters: '파라미터',
    parametersHelp: '모델이 배운 숫자의 개수예요',
    exported: '내보낸 날',
    exportedHelp: '이 페이지를 만든 날이에요',
    trainedOn: (hash) => `SHA-256이 \`${hash}\`인 글로 학습했어요.`,
    noRecord: '파일에 가중치만 있고 학습 기록은 없었어요.',
    option: '옵션',
    value: '값',
  },
};

export default words;

/** The end of a sentence on the weights in use: the last ones, or the best. */
function inUse(last: number | undefined): string {
  return last === undefined
    ? '그 가중치로 되돌렸어요'
    : `마지막 스텝(${format.count(last)})의 가중치를 쓰고 있어요`;
}
