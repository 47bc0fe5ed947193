import type { SeededRandom } from '../seeded-random.ts';

/** Parts of invented company names; none is meant to be a real company. */
const FIRST = [
  '가람',
  '나래',
  '다온',
  '라온',
  '마루',
  '바다',
  '새길',
  '아람',
  '자연',
  '차오름',
  '하늘',
  '한빛누리',
  '푸른들',
  '온새미',
  '너울',
  '도담',
  '미리내',
  '별하',
  '소담',
  '시나브로',
  '여울',
  '윤슬',
  '은가람',
  '가온',
  '늘봄',
  '단미',
  '달빛',
  '모아',
  '보듬',
  '산들',
  '서리',
  '솔찬',
  '수피아',
  '아토',
  '오름',
  '이든',
  '초롱',
  '큰솔',
  '토리',
  '해찬',
  '해오름',
  '흰여울',
  '동해울',
  '남산들',
  '서라벌누리',
] as const;

const SECOND = [
  '전자',
  '화학',
  '제약',
  '바이오',
  '건설',
  '중공업',
  '홀딩스',
  '반도체',
  '소재',
  '에너지',
  '물산',
  '식품',
  '통신',
  '시스템',
  '로보틱스',
  '엔터',
  '게임즈',
  '테크',
  '정밀',
  '금속',
  '해운',
  '항공',
  '증권',
  '보험',
  '메디칼',
  '소프트',
  '네트웍스',
  '산업',
  '솔루션',
  '머티리얼즈',
] as const;

/** A name that was not given before. */
export function inventName(random: SeededRandom, taken: Set<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const first = FIRST[random.integer(0, FIRST.length - 1)] ?? FIRST[0];
    const second = SECOND[random.integer(0, SECOND.length - 1)] ?? SECOND[0];
    const name = attempt < 50 ? `${first}${second}` : `${first}${second}${attempt}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
