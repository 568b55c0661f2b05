"""Common drug names of the United States, generic and brand, written from general knowledge. Not a formulary.

Each row is a generic name, and after the colon the brands that mean the same. A name that is not here is still found
by its ending or by the dose behind it (see drugs.py).
"""

NAMES = """
acetaminophen: tylenol paracetamol apap
acyclovir: zovirax
adalimumab: humira
albuterol: proair ventolin proventil salbutamol
alendronate: fosamax
allopurinol: zyloprim
alprazolam: xanax
amiodarone: pacerone cordarone
amitriptyline: elavil
amlodipine: norvasc
amoxicillin: amoxil
ampicillin
anastrozole: arimidex
apixaban: eliquis
apremilast: otezla
aripiprazole: abilify
aspirin: asa ecotrin
atenolol: tenormin
atomoxetine: strattera
atorvastatin: lipitor
atropine
azathioprine: imuran
azithromycin: zithromax zpak
baclofen: lioresal
beclomethasone: qvar
benazepril: lotensin
benztropine: cogentin
bisoprolol: zebeta
budesonide: pulmicort
bumetanide: bumex
buprenorphine: subutex belbuca
bupropion: wellbutrin zyban
buspirone: buspar
calcitriol: rocaltrol
canagliflozin: invokana
captopril: capoten
carbamazepine: tegretol
carbidopa
carisoprodol: soma
carvedilol: coreg
cefazolin: ancef
cefdinir: omnicef
cefepime: maxipime
ceftriaxone: rocephin
cefuroxime: ceftin
celecoxib: celebrex
cephalexin: keflex
cetirizine: zyrtec
chlorpromazine: thorazine
chlorthalidone
cholecalciferol
ciprofloxacin: cipro
cisplatin
citalopram: celexa
clarithromycin: biaxin
clindamycin: cleocin
clobetasol
clonazepam: klonopin
clonidine: catapres
clopidogrel: plavix
clozapine: clozaril
codeine
colchicine: colcrys mitigare
cyanocobalamin
cyclobenzaprine: flexeril
cyclosporine: neoral sandimmune
dabigatran: pradaxa
dapagliflozin: farxiga
daptomycin: cubicin
darbepoetin: aranesp
denosumab: prolia xgeva
desvenlafaxine: pristiq
dexamethasone: decadron
dextroamphetamine: dexedrine
diazepam: valium
diclofenac: voltaren
dicyclomine: bentyl
digoxin: lanoxin
diltiazem: cardizem
diphenhydramine: benadryl
divalproex: depakote
dobutamine
docusate: colace
dofetilide: tikosyn
donepezil: aricept
dopamine
doxazosin: cardura
doxycycline: vibramycin
dronedarone: multaq
dulaglutide: trulicity
duloxetine: cymbalta
dutasteride: avodart
edoxaban: savaysa
empagliflozin: jardiance
enalapril: vasotec
enoxaparin: lovenox
entecavir: baraclude
epinephrine: epipen adrenaline
eplerenone: inspra
epoetin: epogen procrit
ertapenem: invanz
erythromycin
escitalopram: lexapro
esomeprazole: nexium
estradiol: estrace
eszopiclone: lunesta
etanercept: enbrel
ezetimibe: zetia
famotidine: pepcid
febuxostat: uloric
felodipine
fenofibrate: tricor
fentanyl: duragesic
ferrous
fexofenadine: allegra
filgrastim: neupogen
finasteride: proscar propecia
flecainide: tambocor
fluconazole: diflucan
fludrocortisone
fluoxetine: prozac
fluticasone: flonase flovent
folate
furosemide: lasix
gabapentin: neurontin
gemfibrozil: lopid
gentamicin
glimepiride: amaryl
glipizide: glucotrol
glucagon
glyburide: diabeta
guaifenesin: mucinex
haloperidol: haldol
heparin
hydralazine: apresoline
hydrochlorothiazide: hctz microzide
hydrocodone: norco vicodin
hydrocortisone: cortef
hydromorphone: dilaudid
hydroxychloroquine: plaquenil
hydroxyzine: vistaril atarax
ibuprofen: advil motrin
indomethacin: indocin
infliximab: remicade
insulin
glargine: lantus basaglar toujeo
lispro: humalog
aspart: novolog
detemir: levemir
degludec: tresiba
ipratropium: atrovent
irbesartan: avapro
isoniazid
isosorbide: imdur isordil
ivabradine: corlanor
ivermectin: stromectol
ketamine
ketoconazole
ketorolac: toradol
labetalol: trandate
lacosamide: vimpat
lactulose
lamotrigine: lamictal
lansoprazole: prevacid
latanoprost: xalatan
letrozole: femara
leucovorin
levetiracetam: keppra
levocetirizine: xyzal
levodopa: sinemet
levofloxacin: levaquin
levothyroxine: synthroid levoxyl unithroid
lidocaine: xylocaine
linagliptin: tradjenta
linezolid: zyvox
liraglutide: victoza saxenda
lisdexamfetamine: vyvanse
lisinopril: zestril prinivil
lithium: lithobid
loperamide: imodium
loratadine: claritin
lorazepam: ativan
losartan: cozaar
lovastatin: mevacor
lurasidone: latuda
mannitol
meclizine: antivert
medroxyprogesterone: provera
meloxicam: mobic
memantine: namenda
meperidine: demerol
mercaptopurine
meropenem: merrem
mesalamine: asacol lialda
metaxalone: skelaxin
metformin: glucophage
methadone
methimazole: tapazole
methocarbamol: robaxin
methotrexate: trexall
methyldopa
methylphenidate: ritalin concerta
methylprednisolone: medrol solumedrol
metoclopramide: reglan
metolazone: zaroxolyn
metoprolol: lopressor toprol
metronidazole: flagyl
midazolam: versed
midodrine
milrinone
minocycline: minocin
minoxidil
mirtazapine: remeron
misoprostol: cytotec
modafinil: provigil
mometasone: nasonex
montelukast: singulair
morphine: mscontin
moxifloxacin: avelox
mupirocin: bactroban
mycophenolate: cellcept
nadolol: corgard
naloxone: narcan
naltrexone: vivitrol
naproxen: aleve naprosyn
nebivolol: bystolic
niacin
nicardipine
nifedipine: procardia adalat
nitrofurantoin: macrobid
nitroglycerin: nitrostat
norepinephrine: levophed
nortriptyline: pamelor
nystatin
octreotide
olanzapine: zyprexa
olmesartan: benicar
omeprazole: prilosec
ondansetron: zofran
oseltamivir: tamiflu
oxcarbazepine: trileptal
oxybutynin: ditropan
oxycodone: oxycontin percocet roxicodone
oxytocin: pitocin
pantoprazole: protonix
paroxetine: paxil
penicillin
phenazopyridine: pyridium
phenobarbital
phentermine
phenylephrine
phenytoin: dilantin
pioglitazone: actos
piperacillin: zosyn
prasugrel: effient
pravastatin: pravachol
prazosin: minipress
prednisolone
prednisone: deltasone
pregabalin: lyrica
primidone
prochlorperazine: compazine
progesterone
promethazine: phenergan
propofol: diprivan
propranolol: inderal
propylthiouracil
pseudoephedrine: sudafed
quetiapine: seroquel
quinapril: accupril
rabeprazole: aciphex
raloxifene: evista
ramipril: altace
ranitidine: zantac
ranolazine: ranexa
remdesivir: veklury
rifampin
rifaximin: xifaxan
risperidone: risperdal
rituximab: rituxan
rivaroxaban: xarelto
rizatriptan: maxalt
ropinirole: requip
rosuvastatin: crestor
sacubitril: entresto
salmeterol: serevent
saxagliptin: onglyza
semaglutide: ozempic wegovy rybelsus
senna: senokot
sertraline: zoloft
sevelamer: renvela
sildenafil: viagra revatio
simvastatin: zocor
sitagliptin: januvia
solifenacin: vesicare
sotalol: betapace
spironolactone: aldactone
sucralfate: carafate
sulfamethoxazole: bactrim septra
sulfasalazine: azulfidine
sumatriptan: imitrex
tacrolimus: prograf
tadalafil: cialis
tamoxifen: nolvadex
tamsulosin: flomax
telmisartan: micardis
temazepam: restoril
tenofovir: viread
terazosin: hytrin
terbinafine: lamisil
testosterone
thiamine
ticagrelor: brilinta
timolol
tiotropium: spiriva
tirzepatide: mounjaro zepbound
tizanidine: zanaflex
tobramycin
tolterodine: detrol
topiramate: topamax
torsemide: demadex
tramadol: ultram
tranexamic
trastuzumab: herceptin
trazodone: desyrel
triamcinolone: kenalog
triamterene: dyazide maxzide
trimethoprim
umeclidinium
valacyclovir: valtrex
valproate: depakene
valsartan: diovan
vancomycin: vancocin
varenicline: chantix
vasopressin
venlafaxine: effexor
verapamil: calan
vilazodone: viibryd
voriconazole: vfend
vortioxetine: trintellix
warfarin: coumadin jantoven
zoledronic: reclast zometa
zolmitriptan: zomig
zolpidem: ambien
zonisamide: zonegran
"""
